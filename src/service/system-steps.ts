import { execFile } from 'node:child_process';
import { errorLine, FieldscoutError } from '../errors.js';
import { UNIT } from './service-files.js';

/** A program with its arguments; no shell reads them. */
export type Step = readonly [program: string, ...args: readonly string[]];

/** After the files are in place. */
export const INSTALL_STEPS: readonly Step[] = [
  ['systemd-sysusers', 'fieldscout.conf'],
  ['systemd-tmpfiles', '--create', 'fieldscout.conf'],
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', UNIT],
];

export const START_STEP: Step = ['systemctl', 'restart', UNIT];

/** Before the files are taken away. */
export const STOP_STEP: Step = ['systemctl', 'disable', '--now', UNIT];

/** After they were. */
export const RELOAD_STEP: Step = ['systemctl', 'daemon-reload'];

export type RunStep = (step: Step) => Promise<void>;

const STEP_WITHIN_MS = 120_000;

/** @throws FieldscoutError USAGE with what the program said */
export const runStep: RunStep = ([program, ...args]) =>
  new Promise((resolve, reject) => {
    execFile(program, args, { timeout: STEP_WITHIN_MS }, (cause, _stdout, stderr) => {
      if (!cause) return resolve();
      const said = stderr.trim() || errorLine(cause);
      reject(
        new FieldscoutError(
          'USAGE',
          `${[program, ...args].join(' ')} failed: ${said}.`,
          'Mend that, then run the same command again.',
          { cause },
        ),
      );
    });
  });
