import { open, readFile, rm } from 'node:fs/promises';

/** Locks of this process: an earlier one, before a restart of its container, may have had the same process id. */
const held = new Set<string>();

/**
 * Runs `work` while holding a lock file, so that two processes never write the same files. A lock whose process is gone is taken over.
 * @param busy the error where another process holds it; null: it is not known which
 */
export async function withFileLock<T>(
  path: string,
  busy: (pid: number | null) => Error,
  work: () => Promise<T>,
): Promise<T> {
  if (held.has(path)) throw busy(process.pid);
  held.add(path);
  try {
    await acquire(path, busy);
    try {
      return await work();
    } finally {
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
  await rm(path, { force: true });
  if (!(await create(path))) throw busy(null);
}

interface Owner {
  readonly pid: number;
  readonly boot: string;
}

async function create(path: string): Promise<boolean> {
  const boot = await bootId();
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(`${process.pid} ${boot}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  const text = await textOf(path);
  const match = /^(\d+) (\S*)\n$/.exec(text ?? '');
  return match ? { pid: Number(match[1]), boot: match[2] as string } : null;
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
