import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FrameSource, SourceReport } from '../../src/capture/frame-source.js';
import { HeatGate } from '../../src/capture/heat-gate.js';
import { ThermalGuard } from '../../src/devices/thermal-guard.js';
import type { CapturedFrame } from '../../src/types.js';
import { Recorder } from './recorder.js';

const limits = { zones: [], slowAtC: 75, pauseAtC: 84, resumeBelowC: 65, slowFactor: 4, basis: 'a test' };

/** A camera that always has a picture, and tells when it is switched on and off. */
class EagerCamera implements FrameSource {
  readonly position = 42;
  readonly switched: string[] = [];
  private count = 0;

  constructor(
    readonly isLive: boolean,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    // As a program's: it ends with the signal, whether or not somebody asks for the next picture.
    signal.addEventListener('abort', () => this.switched.push('closed'), { once: true });
    this.switched.push('opened');
    report.state('online');
    while (!signal.aborted && this.count < this.most) {
      this.count += 1;
      yield { camera: 'row', origin: String(this.count), capturedAtMs: 0, bytes: new Uint8Array() };
    }
  }
}

async function gated(isLive: boolean, most?: number) {
  let celsius = 50;
  const guard = new ThermalGuard({ limits, temperatures: async () => ({ cpu: celsius }), tell: () => undefined });
  const camera = new EagerCamera(isLive, most);
  const gate = new HeatGate(camera, guard);
  const report = new Recorder();
  const stop = new AbortController();
  const frames = gate.frames(stop.signal, report)[Symbol.asyncIterator]();
  const next = async () => (await frames.next()).value?.origin as string | undefined;
  const becomes = async (degrees: number) => {
    celsius = degrees;
    await guard.look();
    await turn();
  };
  return { camera, gate, report, stop, next, becomes };
}

describe('a camera of a board that is too hot', () => {
  it('is closed while nobody asks it for a picture too, and opened again once the board is cool', async () => {
    const { camera, report, next, becomes, stop } = await gated(true);
    expect(await next()).toBe('1');
    await becomes(90);
    expect(camera.switched).toEqual(['opened', 'closed']);
    const later = next();
    await turn();
    expect(report.states.at(-1)).toBe('asleep: paused: the board is too hot');
    await becomes(80);
    expect(camera.switched).toEqual(['opened', 'closed']);
    await becomes(74);
    expect(await later).toBe('2');
    expect(camera.switched).toEqual(['opened', 'closed', 'opened']);
    stop.abort();
    expect(await next()).toBeUndefined();
  });

  it('is opened again where the board has cooled before anybody asks', async () => {
    const { camera, next, becomes } = await gated(true);
    await next();
    await becomes(90);
    await becomes(60);
    expect(await next()).toBe('2');
    expect(camera.switched).toEqual(['opened', 'closed', 'opened']);
  });

  it('is not opened at all where it is hot from the start', async () => {
    const { camera, next, becomes, stop } = await gated(true);
    await becomes(90);
    const first = next();
    await turn();
    expect(camera.switched).toEqual([]);
    stop.abort();
    expect(await first).toBeUndefined();
    expect(camera.switched).toEqual([]);
  });

  it('is over when it ends by itself', async () => {
    const { next } = await gated(true, 1);
    expect([await next(), await next()]).toEqual(['1', undefined]);
  });

  it('keeps its place where its pictures wait: it is not closed, and not asked', async () => {
    const { camera, gate, report, next, becomes } = await gated(false);
    expect([gate.position, gate.isLive, gate.captureNow]).toEqual([42, false, undefined]);
    await next();
    await becomes(90);
    const later = next();
    await turn();
    expect(report.states.at(-1)).toBe('asleep: paused: the board is too hot');
    await becomes(60);
    expect(await later).toBe('2');
    expect(camera.switched).toEqual(['opened']);
  });
});
