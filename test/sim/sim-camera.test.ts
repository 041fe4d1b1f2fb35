import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/capture/pace.js';
import { FieldscoutError } from '../../src/errors.js';
import { SimCamera } from '../../src/sim/sim-camera.js';
import type { CapturedFrame } from '../../src/types.js';

const SIZE = { width: 320, height: 180 };

class FakeClock implements Clock {
  readonly waits: number[] = [];
  constructor(private ms = 1_000_000) {}
  now(): number {
    return this.ms;
  }
  pass(ms: number): void {
    this.ms += ms;
  }
  wait(ms: number): Promise<void> {
    this.waits.push(ms);
    this.ms += Math.max(0, ms);
    return Promise.resolve();
  }
}

class Report {
  readonly states: string[] = [];
  readonly drops: string[] = [];
  dropped(reason: string): void {
    this.drops.push(reason);
  }
  state(state: string): void {
    this.states.push(state);
  }
}

const cameraWith = (clock: Clock, seed = 7) =>
  new SimCamera({ camera: 'leaf', scene: 'leaf', size: SIZE, seed, intervalMs: 1000, clock });

async function take(camera: SimCamera, count: number, between: () => void = () => undefined): Promise<CapturedFrame[]> {
  const stop = new AbortController();
  const taken: CapturedFrame[] = [];
  for await (const frame of camera.frames(stop.signal, new Report())) {
    taken.push(frame);
    if (taken.length === count) break;
    between();
  }
  return taken;
}

describe('SimCamera', () => {
  it('gives the same bytes for the same seed and frame, and others for another seed', async () => {
    const [first, again, other] = await Promise.all([
      take(cameraWith(new FakeClock()), 2),
      take(cameraWith(new FakeClock()), 2),
      take(cameraWith(new FakeClock(), 8), 2),
    ]);
    expect(first.map((frame) => Buffer.from(frame.bytes).toString('base64'))).toEqual(
      again.map((frame) => Buffer.from(frame.bytes).toString('base64')),
    );
    expect(Buffer.from(first[0]?.bytes ?? []).equals(Buffer.from(other[0]?.bytes ?? []))).toBe(false);
    expect(Buffer.from(first[0]?.bytes ?? []).equals(Buffer.from(first[1]?.bytes ?? []))).toBe(false);
  });

  it('gives JPEGs of the size asked for, with their origin and time', async () => {
    const [frame] = await take(cameraWith(new FakeClock(5000)), 1);
    expect(frame).toMatchObject({ camera: 'leaf', origin: 'sim:leaf#0', capturedAtMs: 5000 });
    const { format, width, height } = await sharp(frame?.bytes).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', ...SIZE });
  });

  it('is 1280 x 720 unless told', async () => {
    const camera = new SimCamera({ camera: 'leaf', scene: 'leaf', seed: 1, intervalMs: 1000, clock: new FakeClock() });
    const [frame] = await take(camera, 1);
    const { width, height } = await sharp(frame?.bytes).metadata();
    expect([width, height]).toEqual([1280, 720]);
  });

  it('waits out the interval', async () => {
    const clock = new FakeClock();
    const frames = await take(cameraWith(clock), 3, () => clock.pass(300));
    expect(clock.waits).toEqual([0, 700, 700]);
    expect(frames.map((frame) => frame.capturedAtMs - 1_000_000)).toEqual([0, 1000, 2000]);
  });

  it('leaves out the frames that a slow consumer did not ask for', async () => {
    const clock = new FakeClock();
    const frames = await take(cameraWith(clock), 3, () => clock.pass(2500));
    expect(frames.map((frame) => frame.origin)).toEqual(['sim:leaf#0', 'sim:leaf#2', 'sim:leaf#5']);
  });

  it('goes on at its pace where the clock is set back', async () => {
    const clock = new FakeClock(100_000_000);
    const frames = await take(cameraWith(clock), 4, () => {
      if (clock.waits.length === 2) clock.pass(-3_600_000);
    });
    expect(clock.waits).toEqual([0, 1000, 1000, 1000]);
    expect(frames.map((frame) => frame.origin)).toEqual(['sim:leaf#0', 'sim:leaf#1', 'sim:leaf#2', 'sim:leaf#3']);
  });

  it('begins again with its first frame where the clock was set back behind it meanwhile', async () => {
    const clock = new FakeClock(100_000_000);
    const camera = cameraWith(clock);
    await take(camera, 2);
    clock.pass(-3_600_000);
    const frames = await take(camera, 2);
    expect(frames.map((frame) => frame.origin)).toEqual(['sim:leaf#0', 'sim:leaf#1']);
  });

  it('reports that it is online', async () => {
    const report = new Report();
    for await (const _ of cameraWith(new FakeClock()).frames(new AbortController().signal, report)) break;
    expect(report).toMatchObject({ states: ['online'], drops: [] });
  });

  it('ends a wait of hours when it is aborted', async () => {
    const stop = new AbortController();
    const camera = new SimCamera({ camera: 'leaf', scene: 'leaf', size: SIZE, seed: 1, intervalMs: 36_000_000 });
    const frames = camera.frames(stop.signal, new Report());
    expect((await frames.next()).value?.origin).toBe('sim:leaf#0');
    const next = frames.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('shows what its source asks for, whatever the camera would have shown', async () => {
    const cameraOf = (scene: string, seed: number) =>
      new SimCamera({ camera: 'c', scene, size: SIZE, seed, intervalMs: 1000, clock: new FakeClock() });
    const [asked, usual, other] = await Promise.all([
      take(cameraOf('leaf?condition=dusk&seed=7', 99), 1),
      take(cameraOf('leaf?condition=dusk', 7), 1),
      take(cameraOf('leaf', 7), 1),
    ]);
    expect(asked[0]?.origin).toBe('sim:leaf?condition=dusk&seed=7#0');
    expect(Buffer.from(asked[0]?.bytes ?? []).equals(Buffer.from(usual[0]?.bytes ?? []))).toBe(true);
    expect(Buffer.from(asked[0]?.bytes ?? []).equals(Buffer.from(other[0]?.bytes ?? []))).toBe(false);
  });

  it('refuses an unknown scene and names the known ones', () => {
    const build = () => new SimCamera({ camera: 'c', scene: 'moon', seed: 1, intervalMs: 1000 });
    expect(build).toThrow(FieldscoutError);
    expect(build).toThrow('sim:moon: there is no simulated scene of this name.');
    try {
      build();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'SOURCE_INVALID',
        remedy: 'Use one of: sim:leaf, sim:crop-row, sim:sticky-trap, sim:light-trap, sim:flower-strip.',
      });
    }
  });
});
