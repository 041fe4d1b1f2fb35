import { findTool } from '../support/needs.js';
import { diskFull } from './disk-full.js';
import { endlessFrames } from './endless-frames.js';
import { hostileInput } from './hostile-input.js';
import { killDaemon, killPlainPublisher } from './kill.js';
import type { Row } from './ledger.js';
import type { ChaosOptions, Outcome } from './scenario.js';
import { slowDisk } from './slow-disk.js';
import { canMount } from './small-disk.js';
import { plainUplinkDown, uplinkDown } from './uplink-down.js';

/** How much of everything. */
export interface Form {
  readonly kills: number;
  /** Events that wait for the uplink. */
  readonly events: number;
  readonly timesFull: number;
  readonly slowSeconds: number;
  readonly frames: number;
  readonly inputs: number;
}

export const LONG: Form = {
  kills: 200,
  events: 100_000,
  timesFull: 10,
  slowSeconds: 60,
  frames: 20_000,
  inputs: 10_000,
};
export const SHORT: Form = { kills: 15, events: 10_000, timesFull: 2, slowSeconds: 10, frames: 2_000, inputs: 10_000 };
/** What one fsync takes longer on the slow disk. */
const FSYNC_MS = 200;

export interface Scenario {
  readonly name: string;
  readonly system: Row['system'];
  /** @returns why it cannot run here; undefined where it can */
  readonly needs: () => string | undefined;
  readonly run: (options: ChaosOptions) => Promise<Outcome>;
}

/** All of them, the alternative beside Fieldscout where there is one. */
export function scenarios(form: Form): readonly Scenario[] {
  const { kills, events, timesFull, slowSeconds, frames, inputs } = form;
  return [
    { name: 'kill', system: 'fieldscout', needs: mosquitto, run: (options) => killDaemon({ ...options, kills }) },
    {
      name: 'kill-plain',
      system: 'mqtt.js',
      needs: mosquitto,
      run: (options) => killPlainPublisher({ ...options, kills }),
    },
    {
      name: 'uplink-down',
      system: 'fieldscout',
      needs: mosquitto,
      run: (options) => uplinkDown({ ...options, events }),
    },
    {
      name: 'uplink-down-plain',
      system: 'mqtt.js',
      needs: mosquitto,
      run: (options) => plainUplinkDown({ ...options, events }),
    },
    {
      name: 'disk-full',
      system: 'fieldscout',
      needs: () =>
        mosquitto() ??
        (canMount() ? undefined : 'this user may not mount a small file system (root, or sudo without a password)'),
      run: (options) => diskFull({ ...options, times: timesFull }),
    },
    {
      name: 'slow-disk',
      system: 'fieldscout',
      needs: () => mosquitto() ?? tool('strace'),
      run: (options) => slowDisk({ ...options, seconds: slowSeconds, fsyncMs: FSYNC_MS }),
    },
    { name: 'frames', system: 'fieldscout', needs: mosquitto, run: (options) => endlessFrames({ ...options, frames }) },
    {
      name: 'hostile-input',
      system: 'fieldscout',
      needs: () => undefined,
      run: (options) => hostileInput({ ...options, inputs }),
    },
  ];
}

const mosquitto = () => tool('mosquitto');

function tool(name: 'mosquitto' | 'strace'): string | undefined {
  return findTool(name) === undefined ? `${name} is not installed` : undefined;
}
