import { Worker } from 'node:worker_threads';
import { errorLine, FieldscoutError } from '../errors.js';
import type { Job, JobMessage, WorkerReply, WorkerSettings } from './inference-protocol.js';

interface Pending {
  readonly job: Job;
  readonly resolve: (embeddings: Float32Array) => void;
  readonly reject: (error: Error) => void;
  /** Workers that died while they ran it. */
  deaths: number;
}

const MOST_DEATHS = 2;

/** Owns the inference worker: sends jobs, restarts a worker that died and retries its jobs once. */
export class InferenceHost {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private closed = false;
  private restarts = 0;

  /**
   * @param entry the worker's script
   * @param onRestart told when a worker died and another takes its place
   */
  constructor(
    private readonly entry: string,
    private readonly settings: WorkerSettings,
    private readonly onRestart: (line: string) => void,
  ) {}

  /** @returns the embedding size, once both towers passed a real inference. */
  async start(): Promise<number> {
    const worker = new Worker(this.entry, { workerData: this.settings, name: 'inference' });
    try {
      const embeddingSize = await firstReply(worker);
      if (this.closed) throw closedError();
      worker.on('message', (reply: WorkerReply) => this.settle(reply));
      worker.on('error', (error) => this.revive(worker, errorLine(error)));
      worker.on('exit', (code) => this.revive(worker, `exit code ${code}`));
      this.worker = worker;
      return embeddingSize;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** @returns float32[count, embeddingSize]. A batch is copied to the worker, so that it can be sent again. */
  run(job: Job): Promise<Float32Array> {
    if (this.closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { job, resolve, reject, deaths: 0 });
      this.send(id);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.rejectAll(closedError());
    await this.worker?.terminate();
  }

  /** Without a worker the job waits for the next one. */
  private send(id: number): void {
    const entry = this.pending.get(id);
    if (!entry || !this.worker) return;
    const message: JobMessage = { id, job: entry.job };
    this.worker.postMessage(message);
  }

  private settle(reply: WorkerReply): void {
    if (reply.type !== 'done' && reply.type !== 'refused') return;
    const entry = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'done') entry?.resolve(reply.embeddings);
    else entry?.reject(inferenceError(reply.line));
  }

  private revive(worker: Worker, reason: string): void {
    if (this.closed || worker !== this.worker) return;
    this.worker = undefined;
    this.restarts += 1;
    this.onRestart(`the inference worker died (${reason}); restart ${this.restarts}`);
    // The worker takes jobs in order: it was the oldest that it died on. Those that waited behind it are not to blame.
    const [running] = this.pending;
    if (running) this.blame(...running, reason);
    this.start().then(
      () => {
        for (const id of this.pending.keys()) this.send(id);
      },
      (error: unknown) => {
        this.closed = true;
        this.rejectAll(inferenceError(`no inference worker starts any more: ${errorLine(error)}`));
      },
    );
  }

  private blame(id: number, job: Pending, reason: string): void {
    job.deaths += 1;
    if (job.deaths < MOST_DEATHS) return;
    this.pending.delete(id);
    job.reject(inferenceError(`the inference worker died twice on it (${reason})`));
  }

  private rejectAll(error: Error): void {
    for (const entry of this.pending.values()) entry.reject(error);
    this.pending.clear();
  }
}

function firstReply(worker: Worker): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    worker.once('message', (reply: WorkerReply) => {
      worker.removeAllListeners('error');
      worker.removeAllListeners('exit');
      if (reply.type === 'ready') resolve(reply.embeddingSize);
      else reject(new Error(reply.type === 'failed' ? reply.line : `unexpected ${reply.type}`));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the inference worker ended with code ${code} while starting`)));
  });
}

function closedError(): FieldscoutError {
  return new FieldscoutError('INFERENCE_FAILED', 'The model is closed.', 'Restart the node.');
}

function inferenceError(line: string): FieldscoutError {
  return new FieldscoutError(
    'INFERENCE_FAILED',
    `The model failed on a batch: ${line}.`,
    'If it happens again, run "fieldscout models verify" and look at the free memory.',
  );
}
