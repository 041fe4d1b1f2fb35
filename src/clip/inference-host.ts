import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errorLine, FieldscoutError } from '../errors.js';
import { END_WORKER, type Job, type JobMessage, type WorkerReply, type WorkerSettings } from './inference-protocol.js';

interface Pending {
  readonly job: Job;
  readonly resolve: (embeddings: Float32Array) => void;
  readonly reject: (error: Error) => void;
  /** Workers that died while they ran it. */
  deaths: number;
}

/** Between attempts to start a worker; doubled after each that fails. */
export interface RestartWaits {
  readonly firstMs: number;
  readonly mostMs: number;
}

const MOST_DEATHS = 2;
/** For the job that runs when the host is closed. */
const END_WITHIN_MS = 2_000;
/** The thread id of a worker that is no more. */
const ENDED = -1;

/**
 * Owns the inference worker: sends jobs, restarts a worker that died and retries its jobs once. Where no worker starts any more
 * (too little memory, say) it tries again for ever, and refuses jobs at once until one starts.
 */
export class InferenceHost {
  private worker: Worker | undefined;
  private starting: Worker | undefined;
  /** Why there is no worker. */
  private failure: FieldscoutError | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private readonly closing = new AbortController();
  private deaths = 0;

  /**
   * @param entry the worker's script
   * @param onTrouble told when a worker died, and when none starts: the same line for the same reason
   */
  constructor(
    private readonly entry: string,
    private readonly settings: WorkerSettings,
    private readonly onTrouble: (line: string) => void,
    private readonly waits: RestartWaits = { firstMs: 500, mostMs: 30_000 },
  ) {}

  /** Workers that died since the start. */
  get restarts(): number {
    return this.deaths;
  }

  /** @returns the embedding size, once both towers passed a real inference. */
  async start(): Promise<number> {
    const worker = new Worker(this.entry, { workerData: this.settings, name: 'inference' });
    this.starting = worker;
    try {
      const embeddingSize = await firstReply(worker);
      if (this.isClosed) throw closedError();
      worker.on('message', (reply: WorkerReply) => this.settle(reply));
      worker.on('error', (error) => this.revive(worker, errorLine(error)));
      worker.on('exit', (code) => this.revive(worker, `exit code ${code}`));
      this.worker = worker;
      return embeddingSize;
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      this.starting = undefined;
    }
  }

  /** @returns float32[count, embeddingSize]. A batch is copied to the worker, so that it can be sent again. */
  run(job: Job): Promise<Float32Array> {
    const refusal = this.isClosed ? closedError() : this.failure;
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.pending.set(id, { job, resolve, reject, deaths: 0 });
      this.send(id);
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.rejectAll(closedError());
    await Promise.all([end(this.worker), end(this.starting)]);
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
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
    if (this.isClosed || worker !== this.worker) return;
    this.worker = undefined;
    this.deaths += 1;
    this.onTrouble(`the inference worker died (${reason}) and is started anew`);
    // The worker takes jobs in order: it was the oldest that it died on. Those that waited behind it are not to blame.
    const [running] = this.pending;
    if (running) this.blame(...running, reason);
    void this.restart();
  }

  private async restart(): Promise<void> {
    const { signal } = this.closing;
    for (let waitMs = this.waits.firstMs; !signal.aborted; waitMs = Math.min(2 * waitMs, this.waits.mostMs)) {
      try {
        await this.start();
        this.failure = undefined;
        for (const id of this.pending.keys()) this.send(id);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const line = `no inference worker starts: ${errorLine(error)}`;
        this.failure = inferenceError(line);
        this.onTrouble(line);
        this.rejectAll(this.failure);
      }
      // An abort is the only reason for which it rejects, and what the loop looks at.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
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
    const onExit = (code: number) => reject(new Error(`the inference worker ended with code ${code} while starting`));
    worker.once('message', (reply: WorkerReply) => {
      worker.off('error', reject);
      worker.off('exit', onExit);
      if (reply.type === 'ready') resolve(reply.embeddingSize);
      else reject(new Error(reply.type === 'failed' ? reply.line : `unexpected ${reply.type}`));
    });
    worker.once('error', reject);
    worker.once('exit', onExit);
  });
}

/** onnxruntime aborts the whole process where its thread is terminated within a run: the worker ends by itself if it can. */
async function end(worker: Worker | undefined): Promise<void> {
  if (!worker || worker.threadId === ENDED) return;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  worker.postMessage(END_WORKER);
  const inTime = new AbortController();
  const tooLate = sleep(END_WITHIN_MS, undefined, { signal: inTime.signal }).then(
    () => worker.terminate(),
    () => undefined, // it ended in time
  );
  await Promise.race([exited, tooLate]);
  inTime.abort();
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
