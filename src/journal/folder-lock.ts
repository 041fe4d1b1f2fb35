import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the folder free; the operating system does so too when the process ends, however it ends. */
export type ReleaseFolder = () => void;

/**
 * Takes a folder for this process alone, so that two nodes do not write the same state. Held by listening on a local socket:
 * unlike a file with a process number, nothing is left behind that a power cut could make look like a living process.
 * @returns undefined where another process has it
 */
export async function lockFolder(dir: string): Promise<ReleaseFolder | undefined> {
  const name = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
    .slice(0, 24);
  const path = join(tmpdir(), `fieldscout-${name}.sock`);
  const first = await listen(path);
  if (first) return first;
  if (await answers(path)) return undefined;
  await rm(path, { force: true });
  return listen(path);
}

async function listen(path: string): Promise<ReleaseFolder | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return () => server.close();
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // a socket that nobody listens on any more
  } finally {
    socket.destroy();
  }
}
