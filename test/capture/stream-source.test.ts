import { expect, it } from 'vitest';
import { systemClock } from '../../src/capture/pace.js';
import { StreamSource } from '../../src/capture/stream-source.js';
import { jpegOf } from './jpegs.js';
import { Recorder } from './recorder.js';

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
