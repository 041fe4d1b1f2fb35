// Installs what package-lock.json lists, where node_modules does not hold it yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasTool } from './debian-tools.mjs';

/**
 * Whether node_modules holds what package-lock.json lists. npm keeps its own record of what it installed; comparing the
 * two works whoever ran npm, and an interrupted install leaves no record.
 */
export function isInstalled(root) {
  const recordFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recordFile)) return false;
  const installed = readJson(recordFile).packages ?? {};
  const { '': own, ...wanted } = readJson(join(root, 'package-lock.json')).packages;
  const byHand = putByHand(installed, wanted);
  // Packages for other platforms are optional: they are listed, and rightly not installed.
  const isSame = Object.entries(wanted).every(
    ([path, entry]) =>
      installed[path]?.version === entry.version ||
      (entry.optional === true && installed[path] === undefined) ||
      byHand.has(path),
  );
  const direct = Object.keys({ ...own.dependencies, ...own.devDependencies });
  return isSame && direct.every((name) => existsSync(join(root, 'node_modules', name, 'package.json')));
}

/**
 * Paths of packages that somebody installed from a file, such as the onnxruntime-node of deploy/jetson, and of all that the package of
 * npm would need in their place: their versions are that person's affair, and a start must not undo them.
 */
function putByHand(installed, wanted) {
  const paths = new Set();
  const take = (path) => {
    if (wanted[path] === undefined || paths.has(path)) return;
    paths.add(path);
    for (const name of Object.keys(wanted[path].dependencies ?? {})) take(`node_modules/${name}`);
  };
  for (const [path, { resolved }] of Object.entries(installed)) {
    if (typeof resolved === 'string' && resolved.startsWith('file:')) take(path);
  }
  return paths;
}

/** Runs `npm ci`; throws where it fails. */
export function installPackages(root) {
  console.error('fieldscout: installing npm packages (once, one to two minutes; longer on a small board)');
  npm(root, ['ci', '--include=dev', '--no-audit', '--no-fund']);
}

/** Whether SQLite loads in this Node. Before Node 22.14 it is compiled for one release line: see src/journal/sqlite.ts. */
export function hasDatabase(root) {
  const line = Number(process.versions.napi) >= 10 ? 'better-sqlite3-node-api' : 'better-sqlite3';
  const args = ['-e', `new (require('${line}'))(':memory:').close()`];
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' }).status === 0;
}

/**
 * Compiles SQLite for this Node where no ready build could be fetched; throws where that cannot be.
 * @param installMissing installs Debian packages and says whether that worked
 */
export function compileDatabase(root, installMissing = () => false) {
  const missing = Object.keys(COMPILING).filter((name) => !hasTool(name));
  const packages = missing.map((name) => COMPILING[name]);
  if (missing.length > 0 && !installMissing(packages)) {
    throw new Error(
      `better-sqlite3 has to be compiled for Node ${process.version}, for which this machine lacks ${missing.join(', ')}: ` +
        `sudo apt-get install ${packages.join(' ')} (Debian, Ubuntu), or use Node 22.14 or newer, which needs no compiler`,
    );
  }
  console.error(`fieldscout: compiling better-sqlite3 for Node ${process.version} (once, about a minute)`);
  const isThere = existsSync(join(root, 'node_modules', 'better-sqlite3'));
  npm(root, isThere ? ['rebuild', 'better-sqlite3'] : ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (!hasDatabase(root))
    throw new Error(`better-sqlite3 does not run on Node ${process.version}: use Node 22.14 or newer`);
}

function npm(root, args) {
  const [command, ...before] = npmCommand();
  const run = spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...npmSettings() },
  });
  if (run.error) throw new Error(`npm could not be started (${run.error.message}): install npm, then try again`);
  if (run.status !== 0) throw new Error(`npm ${args[0]} failed: see the lines above, then try again`);
}

/** What node-gyp runs, and the Debian packages that hold it. */
const COMPILING = { 'g++': 'g++', make: 'make', python3: 'python3' };

function npmSettings() {
  const headers = headersOfThisNode();
  return {
    // The GPU libraries come from a host that not everybody reaches, and the processor does not need them.
    ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip',
    // node-gyp would fetch the headers of Node from its web site; most installations bring them along.
    ...(headers ? { npm_config_nodedir: headers } : {}),
  };
}

/** The folder whose include/node holds the headers of exactly this Node; undefined where there is none. */
function headersOfThisNode() {
  const prefix = join(dirname(process.execPath), '..');
  const file = join(prefix, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const part = (name) => text.match(new RegExp(`#define NODE_${name}_VERSION (\\d+)`))?.[1];
  return process.version === `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}` ? prefix : undefined;
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
