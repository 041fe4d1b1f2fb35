import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be taken for another one that has got its id since. */
export interface ProcessMark {
  readonly pid: number;
  /** When it began, in clock ticks since the machine started (field 22 of /proc/<pid>/stat, proc(5)). */
  readonly startTicks: number;
}

const STATE = 0;
const START_TICKS = 19;
/** A process that waits for a GPU's driver takes its time to end. */
const END_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** @returns null where it has ended, or the system has no /proc */
export async function markOf(pid: number): Promise<ProcessMark | null> {
  const fields = await fieldsOf(pid);
  // A zombie has ended and waits only to be told of.
  if (fields === null || fields[STATE] === 'Z') return null;
  return { pid, startTicks: Number(fields[START_TICKS]) };
}

/** Kills it where it still runs. @returns whether it has ended */
export async function endProcess(mark: ProcessMark): Promise<boolean> {
  const giveUpMs = performance.now() + END_WITHIN_MS;
  while (await isRunning(mark)) {
    try {
      process.kill(mark.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') return false; // another user's
      // It has ended meanwhile: the next look says so.
    }
    if (performance.now() > giveUpMs) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

async function isRunning({ pid, startTicks }: ProcessMark): Promise<boolean> {
  return (await markOf(pid))?.startTicks === startTicks;
}

/** From the state on: the name before it stands in brackets and may hold anything. */
async function fieldsOf(pid: number): Promise<readonly string[] | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null; // no such process, or a system without /proc
  }
}
