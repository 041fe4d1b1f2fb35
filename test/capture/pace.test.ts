import { describe, expect, it } from 'vitest';
import { type Clock, systemClock, Trigger, ticks } from '../../src/capture/pace.js';

/** A clock that stands still but for what waits for it. */
class StillClock implements Clock {
  readonly waits: number[] = [];
  constructor(private ms: number) {}
  now(): number {
    return this.ms;
  }
  set(ms: number): void {
    this.ms = ms;
  }
  wait(ms: number): Promise<void> {
    this.waits.push(ms);
    this.ms += ms;
    return Promise.resolve();
  }
}

const never = new AbortController().signal;

describe('ticks', () => {
  it('come at once, then an interval apart', async () => {
    const clock = new StillClock(1000);
    const iterator = ticks(100, clock, never);
    const times = [await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value);
    expect(times).toEqual([1000, 1100, 1200]);
    expect(clock.waits).toEqual([100, 100]);
  });

  it('keep their beat when the consumer is a little late', async () => {
    const clock = new StillClock(0);
    const iterator = ticks(100, clock, never);
    await iterator.next();
    clock.set(130);
    expect((await iterator.next()).value).toBe(130);
    expect((await iterator.next()).value).toBe(200);
  });

  it('never come in a burst after a consumer that was late by several intervals', async () => {
    const clock = new StillClock(0);
    const iterator = ticks(100, clock, never);
    await iterator.next();
    clock.set(950);
    expect((await iterator.next()).value).toBe(950);
    const next = (await iterator.next()).value as number;
    const after = (await iterator.next()).value as number;
    expect(next).toBe(950);
    expect(after).toBe(1050);
  });

  it('go on within an interval when the clock is set back or ahead', async () => {
    const clock = new StillClock(10_000_000);
    const iterator = ticks(100, clock, never);
    await iterator.next();
    clock.set(500);
    const waitsBefore = clock.waits.length;
    await iterator.next();
    expect(clock.waits.slice(waitsBefore).every((ms) => ms <= 100)).toBe(true);
    clock.set(99_000_000);
    expect((await iterator.next()).value).toBe(99_000_000);
  });

  it('end with their signal, within a wait too', async () => {
    const stop = new AbortController();
    const iterator = ticks(3_600_000, systemClock, stop.signal);
    expect((await iterator.next()).done).toBe(false);
    const next = iterator.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('come at once when they are triggered, during a wait or before it, and then an interval later', async () => {
    const trigger = new Trigger();
    const iterator = ticks(3_600_000, systemClock, never, trigger);
    const first = (await iterator.next()).value as number;
    const next = iterator.next();
    trigger.fire();
    expect((await next).value).toBeLessThan(first + 3_600_000);
    trigger.fire();
    expect((await iterator.next()).value).toBeLessThan(first + 3_600_000);
    const clock = new StillClock(0);
    const later = ticks(100, clock, never, trigger);
    await later.next();
    await later.next();
    expect(clock.waits).toEqual([100]);
  });
});

it('a trigger does not wait where all is over already', async () => {
  await new Trigger().wait(3_600_000, systemClock, AbortSignal.abort());
});
