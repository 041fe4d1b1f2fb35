// Builds dist/ when a source has changed since the last build. Types are the business of `npm run check`: a build here
// must not keep a person from running one half of the program because the other half is being edited.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const lock = join(dist, '.building');
/** Longer than a build takes on a small board; a process id may have been given to another process since. */
const LOCK_LIFE_MS = 300_000;

const PARTS = [
  {
    name: 'program',
    sources: ['src', 'tsconfig.json', 'tsconfig.build.json', 'package.json'],
    leftOut: 'src/dashboard/web',
    command: ['typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck'],
  },
  {
    name: 'page',
    sources: ['src/dashboard/web/index.html', 'src/dashboard/web', 'src/uplink', 'package.json'],
    command: ['vite/bin/vite.js', 'build', 'src/dashboard/web', '--logLevel', 'warn'],
  },
].filter((part) => part.sources.every((source) => existsSync(join(root, source))));

/** Builds the parts that are stale; says so on stderr, and nothing when all is fresh. Throws when a build fails. */
export function buildIfStale(parts = PARTS) {
  if (parts.every(isFresh)) return;
  whileLocked(() => {
    for (const part of parts) if (!isFresh(part)) build(part);
  });
}

/** What vitest calls before the first test, and before each rerun in watch mode. */
export function setup(project) {
  const program = PARTS.filter((part) => part.name === 'program');
  buildIfStale(program);
  project.onTestsRerun(() => buildIfStale(program));
}

function build(part) {
  console.error(`fieldscout: building the ${part.name}`);
  // Taken before the build: a file edited meanwhile makes the result stale again.
  const signature = signatureOf(part);
  const [tool, ...args] = part.command;
  const run = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`the ${part.name} does not build: see the lines above`);
  writeFileSync(stampOf(part), signature);
}

const stampOf = (part) => join(dist, `.built-${part.name}`);

function isFresh(part) {
  return existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === signatureOf(part);
}

/** Names, sizes and times of a part's sources: it changes with an edit, a deletion and a checkout of older files. */
function signatureOf(part) {
  const hash = createHash('sha256');
  for (const source of part.sources) {
    for (const path of filesUnder(source, part.leftOut)) {
      const { size, mtimeMs } = statSync(join(root, path));
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function* filesUnder(path, leftOut) {
  if (path === leftOut) return;
  if (!statSync(join(root, path)).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(join(root, path)).sort()) yield* filesUnder(`${path}/${name}`, leftOut);
}

/** Two builds at once would leave half-written files: the second waits for the first. */
function whileLocked(work) {
  mkdirSync(dist, { recursive: true });
  while (!takeLock()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned()) rmSync(lock, { force: true });
    return false;
  }
}

/** A build that was killed leaves its lock behind. */
function isAbandoned() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_LIFE_MS) return true;
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH'; // ENOENT: released just now; EPERM: somebody else's, and alive
  }
}
