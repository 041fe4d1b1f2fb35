import { open, readFile, rename, rm } from 'node:fs/promises';
import { endProcess, markOf, type ProcessMark } from './process-mark.js';

/** Locks of this process: an earlier one, before a restart of its container, may have had the same process id. */
const held = new Set<string>();

export interface HeldLock {
  /** Names a process that writes for this one. Where this one is killed and that one goes on, whoever takes the lock over ends it first. */
  helper(pid: number): Promise<void>;
}

/**
 * Runs `work` while holding a lock file, so that two processes never write the same files. A lock whose process is gone is taken over.
 * @param busy the error where another process holds it; null: it is not known which
 */
export async function withFileLock<T>(
  path: string,
  busy: (pid: number | null) => Error,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  if (held.has(path)) throw busy(process.pid);
  held.add(path);
  try {
    await acquire(path, busy);
    let named: Promise<void> = Promise.resolve();
    const lock: HeldLock = {
      helper: (pid) => {
        named = named.catch(() => undefined).then(() => nameHelper(path, pid));
        return named;
      },
    };
    try {
      return await work(lock);
    } finally {
      // What is still being written would come back after the lock is gone. That it failed is told to who asked for it.
      await named.catch(() => undefined);
      await rm(path, { force: true });
    }
  } finally {
    held.delete(path);
  }
}

async function acquire(path: string, busy: (pid: number | null) => Error): Promise<void> {
  if (await create(path)) return;
  const owner = await readOwner(path);
  if (owner === null || (await isRunning(owner))) throw busy(owner?.pid ?? null);
  const { helper } = owner;
  if (helper && owner.boot === (await bootId()) && !(await endProcess(helper))) throw busy(helper.pid);
  await rm(path, { force: true });
  if (!(await create(path))) throw busy(null);
}

/** The first line is the owner, the second its helper, if it has one. */
interface Owner {
  readonly pid: number;
  readonly boot: string;
  readonly helper: ProcessMark | null;
}

async function create(path: string): Promise<boolean> {
  try {
    await write(path, `${process.pid} ${await bootId()}\n`);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renamed into place: a lock that is half written would be nobody's, and stay. */
async function nameHelper(path: string, pid: number): Promise<void> {
  const mark = await markOf(pid);
  if (mark === null) return;
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  await write(draft, `${process.pid} ${await bootId()}\n${mark.pid} ${mark.startTicks}\n`);
  await rename(draft, path);
}

/** @throws EEXIST */
async function write(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  const text = await textOf(path);
  const match = /^(\d+) (\S*)\n(?:(\d+) (\d+)\n)?$/.exec(text ?? '');
  if (!match) return null;
  const [, pid, boot = '', helper, startTicks] = match;
  return {
    pid: Number(pid),
    boot,
    helper: helper === undefined ? null : { pid: Number(helper), startTicks: Number(startTicks) },
  };
}

async function isRunning(owner: Owner): Promise<boolean> {
  if (owner.boot !== (await bootId())) return false;
  if (owner.pid === process.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}

/** Differs after every start of the machine, when process ids begin anew; empty where the system has none. */
async function bootId(): Promise<string> {
  return ((await textOf('/proc/sys/kernel/random/boot_id')) ?? '').trim();
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
