import { describe, expect, it } from 'vitest';
import type { FrameSource, SourceReport } from '../../src/capture/frame-source.js';
import { Trigger, ticks } from '../../src/capture/pace.js';
import { type CameraSchedule, ScheduledSource } from '../../src/capture/scheduled-source.js';
import type { CapturedFrame } from '../../src/types.js';
import { Recorder } from './recorder.js';
import { VirtualClock } from './virtual-clock.js';

const LISBON = { latitude: 38.7167, longitude: -9.1333 };
const TROMSO = { latitude: 69.6489, longitude: 18.9551 };

/** A camera that gives a picture each interval, and tells when it is switched on and off. */
class SwitchedCamera implements FrameSource {
  readonly isLive = true;
  readonly switched: string[] = [];
  isOn = false;
  private readonly trigger = new Trigger();

  constructor(
    private readonly intervalMs: number,
    private readonly clock: VirtualClock,
  ) {}

  captureNow(): void {
    this.trigger.fire();
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    this.isOn = true;
    this.switched.push(`on ${this.time()}`);
    try {
      for await (const now of ticks(this.intervalMs, this.clock, signal, this.trigger)) {
        report.state('online');
        yield { camera: 'row', origin: 'row', capturedAtMs: now, bytes: new Uint8Array() };
      }
    } finally {
      this.isOn = false;
      this.switched.push(`off ${this.time()}`);
    }
  }

  private time(): string {
    return new Date(this.clock.now()).toISOString().slice(11, 16);
  }
}

function scheduled(from: string, intervalMs: number, schedule: CameraSchedule) {
  const clock = new VirtualClock(Date.parse(from));
  const camera = new SwitchedCamera(intervalMs, clock);
  return { clock, camera, source: new ScheduledSource(camera, schedule, clock), report: new Recorder() };
}

type Scene = ReturnType<typeof scheduled>;

/** The times of the pictures until a moment. */
async function timesUntil({ clock, source, report }: Scene, until: string): Promise<readonly string[]> {
  const stop = new AbortController();
  const over = clock.wait(Date.parse(until) - clock.now(), stop.signal).then(() => stop.abort());
  const times: string[] = [];
  for await (const { capturedAtMs } of source.frames(stop.signal, report))
    times.push(new Date(capturedAtMs).toISOString().slice(0, 16));
  await over;
  return times;
}

const minutesBetween = (a = '', b = '') => Math.abs(Date.parse(`${a}Z`) - Date.parse(b)) / 60_000;

describe('a camera that works by daylight', () => {
  it.each([
    ['midsummer', '2026-06-21', '05:12', '20:05'],
    ['midwinter', '2026-12-21', '07:51', '17:18'],
  ])('works from sunrise to sunset of the almanac, within minutes, in %s', async (_, day, sunrise, sunset) => {
    const scene = scheduled(`${day}T00:00:00Z`, 60_000, { sun: { aboveDegrees: -0.27, ...LISBON } });
    const times = await timesUntil(scene, `${day}T23:59:00Z`);
    expect(minutesBetween(times[0], `${day}T${sunrise}Z`)).toBeLessThanOrEqual(3);
    expect(minutesBetween(times.at(-1), `${day}T${sunset}Z`)).toBeLessThanOrEqual(3);
    // Without a gap between.
    expect(times.length).toBe(Math.round(minutesBetween(times[0], `${times.at(-1)}Z`)) + 1);
    expect(scene.report.states).toEqual(['asleep: asleep by its schedule', 'online', 'asleep: asleep by its schedule']);
    expect(scene.camera.switched).toHaveLength(2);
    expect(scene.camera.isOn).toBe(false);
  });

  it('never sleeps in the polar day, and never works in the polar night', async () => {
    const sun = { aboveDegrees: 0, ...TROMSO };
    const summer = await timesUntil(scheduled('2026-06-21T00:00:00Z', 3_600_000, { sun }), '2026-06-21T23:30:00Z');
    expect(summer).toHaveLength(24);
    expect(await timesUntil(scheduled('2026-12-21T00:00:00Z', 60_000, { sun }), '2026-12-22T00:00:00Z')).toEqual([]);
  });
});

describe('a camera that works by the hour', () => {
  const moments = { cron: '30 6,18 * * *', timeZone: 'Europe/Lisbon', burst: 3 };

  it('takes its burst at each moment of the site, over the change to winter time too, and sleeps between', async () => {
    const scene = scheduled('2026-10-24T00:00:00Z', 60_000, { moments });
    expect(await timesUntil(scene, '2026-10-26T00:00:00Z')).toEqual([
      ...['2026-10-24T05:30', '2026-10-24T05:31', '2026-10-24T05:32'],
      ...['2026-10-24T17:30', '2026-10-24T17:31', '2026-10-24T17:32'],
      ...['2026-10-25T06:30', '2026-10-25T06:31', '2026-10-25T06:32'],
      ...['2026-10-25T18:30', '2026-10-25T18:31', '2026-10-25T18:32'],
    ]);
    expect(scene.camera.switched.slice(0, 4)).toEqual(['on 05:30', 'off 05:32', 'on 17:30', 'off 17:32']);
  });

  it('leaves out the moments in the dark', async () => {
    const sun = { aboveDegrees: 0, ...LISBON };
    const hourly = { cron: '0 * * * *', timeZone: 'UTC', burst: 1 };
    const times = await timesUntil(
      scheduled('2026-12-21T00:10:00Z', 1000, { sun, moments: hourly }),
      '2026-12-22T00:00:00Z',
    );
    expect(times.map((time) => time.slice(11))).toEqual(
      Array.from({ length: 10 }, (_, i) => `${String(i + 8).padStart(2, '0')}:00`),
    );
  });

  const hourly = { cron: '0 * * * *', timeZone: 'UTC', burst: 3 };

  it('takes the whole burst where a picture is wanted at the same time', async () => {
    const scene = scheduled('2026-05-05T07:30:00Z', 60_000, { moments: hourly });
    void scene.clock.wait(1_800_000, new AbortController().signal).then(() => scene.source.captureNow?.());
    const times = await timesUntil(scene, '2026-05-05T08:30:00Z');
    expect(times.map((time) => time.slice(11))).toEqual(['08:00', '08:01', '08:02']);
  });

  it('takes its burst late where its moment comes while a wanted picture is looked at', async () => {
    const scene = scheduled('2026-05-05T07:30:00Z', 60_000, { moments: hourly });
    const stop = new AbortController();
    void scene.clock.wait(1_740_000, stop.signal).then(() => scene.source.captureNow?.());
    const times: string[] = [];
    for await (const { capturedAtMs } of scene.source.frames(stop.signal, scene.report)) {
      times.push(new Date(capturedAtMs).toISOString().slice(11, 16));
      if (times.length === 1) await scene.clock.wait(120_000, stop.signal);
      if (times.length === 5) stop.abort();
    }
    expect(times).toEqual(['07:59', '08:01', '08:02', '08:03', '09:00']);
  });

  it('can be asked for a picture only where its camera can', () => {
    const { source, clock } = scheduled('2026-05-05T07:30:00Z', 1000, { moments: hourly });
    expect(source.captureNow).toBeTypeOf('function');
    const unasked: FrameSource = { frames: (signal, report) => source.frames(signal, report) };
    expect(new ScheduledSource(unasked, { moments: hourly }, clock).captureNow).toBeUndefined();
  });

  it('does not sleep on where the clock is set back while it sleeps', async () => {
    const scene = scheduled('2031-05-05T07:00:00Z', 1000, { moments: { ...moments, timeZone: 'UTC', burst: 1 } });
    const stop = new AbortController();
    const frames = scene.source.frames(stop.signal, scene.report)[Symbol.asyncIterator]();
    const first = frames.next();
    await scene.clock.wait(60_000, stop.signal);
    scene.clock.set(Date.parse('2026-05-05T06:00:00Z'));
    const { value } = await first;
    expect(new Date((value as CapturedFrame).capturedAtMs).toISOString()).toBe('2026-05-05T06:30:00.000Z');
    stop.abort();
    await frames.return?.();
  });

  it('wakes for one picture when it is asked to, in the dark too', async () => {
    const sun = { aboveDegrees: 0, ...LISBON };
    const scene = scheduled('2026-12-21T01:00:00Z', 1000, { sun });
    const stop = new AbortController();
    void scene.clock.wait(3_600_000, stop.signal).then(() => scene.source.captureNow?.());
    void scene.clock.wait(7_200_000, stop.signal).then(() => stop.abort());
    const times: string[] = [];
    for await (const { capturedAtMs } of scene.source.frames(stop.signal, scene.report))
      times.push(new Date(capturedAtMs).toISOString().slice(11, 16));
    expect(times).toEqual(['02:00']);
    expect(scene.camera.isOn).toBe(false);
  });
});
