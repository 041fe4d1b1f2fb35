import { expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/capture/pace.js';
import { StreamSource } from '../../src/capture/stream-source.js';
import { jpegOf } from './jpegs.js';
import { Recorder } from './recorder.js';

it('leaves growing time between attempts at a camera that gives one picture each time and ends', async () => {
  const picture = await jpegOf(10);
  const waits: number[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => 0,
    wait: async (ms) => {
      if (waits.push(ms) === 6) stop.abort();
    },
  };
  const connect = async function* () {
    yield picture;
  };
  const source = new StreamSource({ camera: 'row', origin: 'row', intervalMs: 1, connect }, clock);
  const frames = source.frames(stop.signal, new Recorder())[Symbol.asyncIterator]();
  await frames.next();
  // Nobody asks for more: all waits are those between attempts.
  await vi.waitFor(() => expect(waits).toHaveLength(6), { timeout: 20_000 });
  for (const [i, most] of [250, 500, 1000, 2000, 3000, 3000].entries()) {
    expect(waits[i]).toBeLessThanOrEqual(most);
    expect(waits[i]).toBeGreaterThan((waits[i - 1] ?? 0) - 1000);
  }
  expect(Math.max(...waits)).toBeGreaterThan(1000);
  await frames.return?.();
});

it('gives nothing that came before it was read anew', async () => {
  const [old, older, fresh] = await Promise.all([jpegOf(10), jpegOf(20), jpegOf(30)]);
  let connections = 0;
  let waitForLast: (() => void) | undefined;
  const lastCame = new Promise<void>((resolve) => {
    waitForLast = resolve;
  });
  const connect = async function* (signal: AbortSignal) {
    connections += 1;
    if (connections === 1) {
      yield older;
      yield old;
      waitForLast?.();
    } else yield fresh;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  const source = new StreamSource({ camera: 'row', origin: 'row', intervalMs: 10, connect }, systemClock);
  for await (const { bytes } of source.frames(new AbortController().signal, new Recorder())) {
    expect([old, older].some((picture) => picture.equals(bytes))).toBe(true);
    await lastCame;
    break;
  }
  for await (const { bytes } of source.frames(new AbortController().signal, new Recorder())) {
    expect(fresh.equals(bytes)).toBe(true);
    break;
  }
  expect(connections).toBe(2);
});

it('tells the cause that comes after no picture came for long, where there is one', async () => {
  const connect = async function* (signal: AbortSignal) {
    yield Buffer.from('nothing');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new Error('the program is not installed');
  };
  const source = new StreamSource(
    { camera: 'row', origin: 'row', intervalMs: 10, firstPictureMs: 50, connect },
    systemClock,
  );
  const stop = new AbortController();
  const report = new Recorder();
  const reading = (async () => {
    for await (const _ of source.frames(stop.signal, report));
  })();
  await vi.waitFor(() => expect(report.states.join()).toContain('row: the program is not installed'), {
    timeout: 20_000,
  });
  expect(report.states.join()).not.toContain('no picture');
  stop.abort();
  await reading;
});
