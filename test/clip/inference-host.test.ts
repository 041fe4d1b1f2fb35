import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InferenceHost } from '../../src/clip/inference-host.js';
import type { Job } from '../../src/clip/inference-protocol.js';
import { inferenceWorkerEntry } from '../../src/paths.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const mortal = fileURLToPath(new URL('../fixtures/workers/mortal-worker.mjs', import.meta.url));

let dir: string;
let restarts: string[];
let host: InferenceHost;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'host-'));
  restarts = [];
});
afterEach(async () => {
  await host.close();
  await rm(dir, { recursive: true, force: true });
});

const images = (...pixels: readonly number[]): Job => ({
  kind: 'images',
  pixels: Float32Array.from(pixels),
  count: 1,
});

const ledger = async () => (await readFile(join(dir, 'ledger'), 'utf8')).trim().split('\n');

async function startMortal(manner = ''): Promise<InferenceHost> {
  host = new InferenceHost(
    mortal,
    {
      visionFile: join(dir, 'ledger'),
      textFile: manner,
      provider: 'cpu',
      threads: 1,
      padTextsTo: 0,
      padId: 0,
      inputSize: 1,
    },
    (line) => restarts.push(line),
    { firstMs: 10, mostMs: 20 },
  );
  await host.start();
  return host;
}

const failure = (line: string) =>
  expect.objectContaining({
    name: 'FieldscoutError',
    code: 'INFERENCE_FAILED',
    message: line,
  });

describe('a worker that dies', () => {
  it('is restarted, and the batch that it died on is run again', async () => {
    await startMortal();
    await expect(host.run(images(-2))).resolves.toEqual(Float32Array.of(-2, 2));
    expect(restarts).toEqual(['the inference worker died (exit code 7) and is started anew']);
    expect(await ledger()).toEqual(['start', '-2', 'start', '-2']);
  });

  it('is restarted after an uncaught error, told in one line', async () => {
    await startMortal();
    await expect(host.run(images(-3))).resolves.toEqual(Float32Array.of(-3, 2));
    expect(restarts).toEqual(['the inference worker died (out of memory) and is started anew']);
  });

  it('twice on one batch fails that batch, and serves the next ones', async () => {
    await startMortal();
    await expect(host.run(images(-1))).rejects.toEqual(
      failure('The model failed on a batch: the inference worker died twice on it (exit code 7).'),
    );
    await expect(host.run(images(5))).resolves.toEqual(Float32Array.of(5, 2));
    expect(await ledger()).toEqual(['start', '-1', 'start', '-1', 'start', '5']);
    expect(restarts).toHaveLength(2);
  });

  it('takes no batch with it that only waited behind the one it died on', async () => {
    await startMortal();
    const all = await Promise.allSettled([host.run(images(1)), host.run(images(-1)), host.run(images(2))]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await ledger()).toEqual(['start', '1', '-1', 'start', '-1', 'start', '2']);
  });

  it('has jobs that come during its restart wait for the next one', async () => {
    await startMortal();
    const first = host.run(images(-2));
    await expect.poll(() => restarts.length).toBe(1);
    const meanwhile = [host.run(images(3)), host.run({ kind: 'text', ids: [4] })];
    expect(await Promise.all([first, ...meanwhile])).toEqual([
      Float32Array.of(-2, 2),
      Float32Array.of(3, 2),
      Float32Array.of(4, 2),
    ]);
    expect(await ledger()).toEqual(['start', '-2', 'start', '-2', '3', '4']);
  });

  it('and cannot be restarted fails what waits and what comes, each with a reason', async () => {
    await startMortal('starts once');
    const waiting = Promise.allSettled([host.run(images(-2)), host.run(images(8))]);
    const reason = failure('The model failed on a batch: no inference worker starts: the model file is gone.');
    expect(await waiting).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await expect(host.run(images(1))).rejects.toEqual(reason);
    expect(host.restarts).toBe(1);
  });

  it('is tried to be restarted again and again, until one starts and serves what comes', async () => {
    await startMortal('starts again at the fourth try');
    await expect(host.run(images(-2))).rejects.toEqual(
      failure('The model failed on a batch: no inference worker starts: the model file is gone.'),
    );
    await expect.poll(() => host.run(images(3)).catch(() => 'refused'), { timeout: 20_000 }).not.toBe('refused');
    await expect(host.run(images(4))).resolves.toEqual(Float32Array.of(4, 2));
    const none = 'no inference worker starts: the model file is gone';
    expect(restarts).toEqual(['the inference worker died (exit code 7) and is started anew', none, none]);
    expect(host.restarts).toBe(1);
  });

  it('while idle is restarted too', async () => {
    await startMortal();
    await workerOf(host).terminate();
    await expect(host.run(images(6))).resolves.toEqual(Float32Array.of(6, 2));
    expect(restarts).toEqual(['the inference worker died (exit code 1) and is started anew']);
  });
});

describe('InferenceHost', () => {
  it('hands on a refusal without a restart', async () => {
    await startMortal();
    await expect(host.run(images(-4))).rejects.toEqual(failure('The model failed on a batch: not a number.'));
    await expect(host.run(images(1))).resolves.toEqual(Float32Array.of(1, 1));
    expect(restarts).toEqual([]);
  });

  it('keeps a batch usable for its owner', async () => {
    await startMortal();
    const pixels = Float32Array.of(9, 8);
    await host.run({ kind: 'images', pixels, count: 1 });
    expect(pixels).toEqual(Float32Array.of(9, 8));
  });

  it('tells why a worker does not start at all', async () => {
    await expect(startMortal('never starts')).rejects.toThrow('the inference worker ended with code 3 while starting');
  });

  it('rejects what is pending when it is closed, and what comes after', async () => {
    await startMortal();
    const pending = Promise.allSettled([host.run(images(-2)), host.run(images(2))]);
    await host.close();
    const closed = { status: 'rejected', reason: failure('The model is closed.') };
    expect(await pending).toEqual([closed, closed]);
    await expect(host.run(images(1))).rejects.toEqual(failure('The model is closed.'));
    expect(restarts).toEqual([]);
  });

  it('starts no worker any more when it is closed during a restart', async () => {
    await startMortal();
    const pending = Promise.allSettled([host.run(images(-2))]);
    await expect.poll(() => restarts.length).toBe(1);
    await host.close();
    expect(await pending).toEqual([{ status: 'rejected', reason: failure('The model is closed.') }]);
  });
});

describe('the real worker', () => {
  const size = 224;
  const pixels = Float32Array.from({ length: 16 * 3 * size * size }, (_, i) => Math.sin(i / 977));

  async function startReal(): Promise<InferenceHost> {
    host = new InferenceHost(
      inferenceWorkerEntry,
      {
        visionFile: join(tinyClipDir, 'onnx/vision_model.onnx'),
        textFile: join(tinyClipDir, 'onnx/text_model.onnx'),
        provider: 'cpu',
        threads: 1,
        padTextsTo: 0,
        padId: 0,
        inputSize: size,
      },
      (line) => restarts.push(line),
    );
    expect(await host.start()).toBe(64);
    return host;
  }

  it('gives the same embeddings after it died', async () => {
    await startReal();
    const job: Job = { kind: 'images', pixels, count: 16 };
    const undisturbed = await host.run(job);
    expect(undisturbed).toHaveLength(16 * 64);
    for (let round = 1; round <= 3; round += 1) {
      // Never within a run: onnxruntime would abort the whole process.
      await workerOf(host).terminate();
      expect(await host.run(job)).toEqual(undisturbed);
      expect(restarts).toHaveLength(round);
    }
  });

  it('ends by itself where it is closed in the middle of a run', async () => {
    await startReal();
    const worker = workerOf(host);
    const code = new Promise((resolve) => worker.once('exit', resolve));
    const pending = Promise.allSettled([
      host.run({ kind: 'images', pixels: pixels.subarray(0, 3 * size * size), count: 1 }),
    ]);
    await host.close();
    expect(await pending).toEqual([{ status: 'rejected', reason: failure('The model is closed.') }]);
    // A terminated one has code 1.
    expect(await code).toBe(0);
  });

  it('refuses a batch that holds no numbers, and goes on', async () => {
    await startReal();
    const broken = new Float32Array(3 * size * size).fill(Number.NaN);
    await expect(host.run({ kind: 'images', pixels: broken, count: 1 })).rejects.toEqual(
      failure('The model failed on a batch: the model gave an embedding that is not a number.'),
    );
    const [one] = await Promise.all([host.run({ kind: 'text', ids: [49406, 320, 49407] })]);
    expect(one).toHaveLength(64);
    expect(restarts).toEqual([]);
  });
});

/** The worker's thread, to end it as a crash would. */
function workerOf(of: InferenceHost): Worker {
  return Reflect.get(of, 'worker') as Worker;
}
