import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeats } from '../../src/telemetry/heartbeats.js';
import { INFERENCE, Watchdog } from '../../src/telemetry/watchdog.js';

const WATCHDOG_MS = 12_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(probe: (beat: () => void) => Promise<void>) {
  const heartbeats = new Heartbeats(() => performance.now());
  const fedAtMs: number[] = [];
  const warnings: (readonly string[])[] = [];
  const startMs = performance.now();
  const watchdog = new Watchdog({
    notify: {
      watchdogMs: WATCHDOG_MS,
      alive: async () => void fedAtMs.push(performance.now() - startMs),
    },
    heartbeats,
    probe: () => probe(() => heartbeats.beat(INFERENCE)),
    warn: (lines) => warnings.push(lines),
  });
  watchdog.start();
  return { watchdog, heartbeats, fedAtMs, warnings };
}

describe('the watchdog', () => {
  it('is fed several times within what systemd waits, while an idle worker answers when it is asked', async () => {
    const { watchdog, fedAtMs } = watch(async (beat) => beat());
    await vi.advanceTimersByTimeAsync(60_000);
    watchdog.stop();
    const gaps = fedAtMs.map((ms, i) => ms - (fedAtMs[i - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(WATCHDOG_MS / 4);
    expect(fedAtMs.at(-1)).toBeGreaterThan(57_000);
    expect(watchdog.stuck).toEqual([]);
  });

  it('asks nothing of a worker whose work shows that it lives', async () => {
    let asked = 0;
    const { watchdog, heartbeats } = watch(async () => {
      asked += 1;
    });
    for (let i = 0; i < 100; i += 1) {
      heartbeats.beat(INFERENCE);
      await vi.advanceTimersByTimeAsync(500);
    }
    watchdog.stop();
    expect(asked).toBe(0);
  });

  it('is fed no more once the worker does not answer, and again when it does', async () => {
    let answer: (() => void) | undefined;
    const { watchdog, fedAtMs, warnings } = watch(
      (beat) =>
        new Promise((resolve) => {
          answer = () => {
            beat();
            resolve();
          };
        }),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fedAtMs.at(-1)).toBeLessThanOrEqual(WATCHDOG_MS / 2);
    expect(watchdog.stuck).toEqual(['the inference worker has not answered for 30 s']);
    expect(warnings.at(-1)).toHaveLength(1);
    answer?.();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(fedAtMs.at(-1)).toBeGreaterThan(30_000);
    watchdog.stop();
  });

  it('is not fed where the worker fails instead of answering', async () => {
    const { watchdog, fedAtMs } = watch(() => Promise.reject(new Error('no worker starts')));
    await vi.advanceTimersByTimeAsync(60_000);
    watchdog.stop();
    expect(fedAtMs.at(-1)).toBeLessThanOrEqual(WATCHDOG_MS / 2);
  });

  it('is not fed by a timer that falls due in a loop that does not turn', async () => {
    const heartbeats = new Heartbeats(() => performance.now());
    const fed: number[] = [];
    const watchdog = new Watchdog({
      notify: { watchdogMs: WATCHDOG_MS, alive: async () => void fed.push(1) },
      heartbeats,
      probe: async () => heartbeats.beat(INFERENCE),
      warn: () => undefined,
    });
    watchdog.start();
    watchdog.stop(); // no beats any more: what remains is the look itself
    await vi.advanceTimersByTimeAsync(WATCHDOG_MS);
    watchdog.look();
    expect(fed).toEqual([]);
    expect(watchdog.stuck.join()).toContain('main loop');
  });

  it('lives without systemd, so that /healthz can tell', () => {
    const watchdog = new Watchdog({
      notify: { watchdogMs: undefined, alive: async () => undefined },
      heartbeats: new Heartbeats(() => performance.now()),
      probe: async () => undefined,
      warn: () => undefined,
    });
    expect(watchdog.patienceMs).toBe(90_000);
  });
});
