import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** `unsynchronised`: somebody keeps the time and has not reached it yet, as after a power cut without network. `unknown`: nobody says. */
export type ClockTrust = 'synchronised' | 'unsynchronised' | 'unknown';

export interface ClockSources {
  /** systemd-timesyncd's. */
  readonly timesyncDir: string;
  /** Runs a program without a shell. @returns what it says; undefined where it is not there, fails or takes too long */
  readonly ask: (program: string, args: readonly string[]) => Promise<string | undefined>;
}

const ASK_MS = 2_000;

/** How far the clock can be trusted, from whoever keeps it. */
export async function readClockTrust(sources: ClockSources = systemSources): Promise<ClockTrust> {
  const timesyncd = await fromTimesyncd(sources.timesyncDir);
  if (timesyncd === 'synchronised') return timesyncd;
  // The kernel's own flag (adjtimex), which ntpd, chrony and the others set too: timesyncd may be off beside them.
  const kernel = (await sources.ask('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']))?.trim();
  if (kernel === 'yes') return 'synchronised';
  // Where systemd does not run or may not be asked.
  const leap = (await sources.ask('chronyc', ['-c', 'tracking']))?.trim().split(',').at(-1);
  if (leap !== undefined && leap !== '') return leap === 'Not synchronised' ? 'unsynchronised' : 'synchronised';
  return kernel === 'no' ? 'unsynchronised' : timesyncd;
}

/** systemd-timesyncd touches <dir>/synchronized once it trusts the time. */
async function fromTimesyncd(dir: string): Promise<ClockTrust> {
  if (await isThere(join(dir, 'synchronized'))) return 'synchronised';
  return (await isThere(dir)) ? 'unsynchronised' : 'unknown';
}

const systemSources: ClockSources = {
  timesyncDir: '/run/systemd/timesync',
  ask: (program, args) =>
    new Promise((resolve) => {
      execFile(program, args, { timeout: ASK_MS }, (error, stdout) => resolve(error ? undefined : stdout));
    }),
};

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
