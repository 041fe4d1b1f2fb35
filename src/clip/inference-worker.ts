import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { errorLine } from '../errors.js';
import { END_WORKER, type JobMessage, type WorkerReply, type WorkerSettings } from './inference-protocol.js';
import { proveProvider } from './prove-provider.js';
import { Tower } from './tower.js';

/** The thread that runs onnxruntime: its `run()` blocks, so the daemon's own loop must not be the one that calls it. */
const settings = workerData as WorkerSettings;
const port = parentPort;
if (!port) throw new Error('inference-worker.js runs as a worker thread');

const options: InferenceSession.SessionOptions = {
  executionProviders: [settings.provider],
  // onnxruntime writes to standard error by itself; its failures come as exceptions, and are told in one line.
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
  ...(settings.threads > 0 ? { intraOpNumThreads: settings.threads } : {}),
};

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

async function start(): Promise<void> {
  await proveProvider(settings.provider, settings.visionFile, options, settings.inputSize);
  const vision = await Tower.open(settings.visionFile, options);
  // Texts are encoded once and cached: the CPU does, and leaves the accelerator's memory to the pictures.
  const text = await Tower.open(settings.textFile, { ...options, executionProviders: ['cpu'] });
  const black = new Float32Array(3 * settings.inputSize ** 2);
  const probe = await vision.embedImages(black, 1, settings.inputSize);

  // One job at a time, in order: sessions run on all the threads that there are.
  let last: Promise<void> = Promise.resolve();
  let isEnding = false;
  port?.on('message', (message: JobMessage | typeof END_WORKER) => {
    if (message === END_WORKER) {
      isEnding = true;
      last = last.then(() => process.exit());
    } else last = last.then(() => (isEnding ? undefined : work(vision, text, message)));
  });
  reply({ type: 'ready', embeddingSize: probe.length });
}

async function work(vision: Tower, text: Tower, { id, job }: JobMessage): Promise<void> {
  try {
    const embeddings =
      job.kind === 'images'
        ? await vision.embedImages(job.pixels, job.count, settings.inputSize)
        : await text.embedText(job.ids, settings.padTextsTo, settings.padId);
    reply({ type: 'done', id, embeddings }, [embeddings.buffer as ArrayBuffer]);
  } catch (error) {
    reply({ type: 'refused', id, line: errorLine(error) });
  }
}

start().catch((error: unknown) => reply({ type: 'failed', line: errorLine(error) }));
