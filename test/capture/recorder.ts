import type { SourceReport } from '../../src/capture/frame-source.js';
import { type Clock, systemClock } from '../../src/capture/pace.js';

/** Real time, with every wait cut to a few milliseconds. */
export const hastyClock: Clock = {
  now: Date.now,
  wait: (ms, signal) => systemClock.wait(Math.min(ms, 5), signal),
};

/** Writes down what a source reports. */
export class Recorder implements SourceReport {
  readonly drops: string[] = [];
  readonly states: string[] = [];

  dropped(reason: string, line: string): void {
    this.drops.push(`${reason}: ${line}`);
  }

  state(state: 'online' | 'offline' | 'asleep', line?: string): void {
    const told = line === undefined ? state : `${state}: ${line}`;
    if (this.states.at(-1) !== told) this.states.push(told);
  }
}
