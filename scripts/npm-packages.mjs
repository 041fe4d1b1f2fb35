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
  // Packages for other platforms are optional: they are listed, and rightly not installed.
  const isSame = Object.entries(wanted).every(
    ([path, entry]) =>
      installed[path]?.version === entry.version || (entry.optional === true && installed[path] === undefined),
  );
  const direct = Object.keys({ ...own.dependencies, ...own.devDependencies });
  return isSame && direct.every((name) => existsSync(join(root, 'node_modules', name, 'package.json')));
}

/** Runs `npm ci`; throws where it fails. @param installMissing installs Debian packages and says whether that worked */
export function installPackages(root, installMissing = () => false) {
  console.error('fieldscout: installing npm packages (once, one to two minutes)');
  npm(root, ['ci', '--include=dev', '--no-audit', '--no-fund'], installMissing);
}

/** Whether better-sqlite3, which is compiled for one release line of Node, loads in this one. */
export function fitsThisNode(root) {
  const run = spawnSync(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:').close()"], {
    cwd: root,
    stdio: 'ignore',
  });
  return run.status === 0;
}

/** Compiles better-sqlite3 for this Node; throws where it fails. */
export function rebuildForThisNode(root, installMissing = () => false) {
  console.error(`fieldscout: building better-sqlite3 for Node ${process.version} (once, about a minute)`);
  npm(root, ['rebuild', 'better-sqlite3'], installMissing);
}

function npm(root, args, installMissing) {
  const missing = Object.keys(COMPILING).filter((name) => !hasTool(name));
  const [command, ...before] = npmCommand();
  const run = spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    // Without a compiler node-gyp says why in a hundred lines; we say it in one.
    stdio: ['ignore', 2, missing.length > 0 ? 'pipe' : 2],
    env: { ...process.env, ...npmSettings() },
  });
  if (run.error) throw new Error(`npm could not be started (${run.error.message}): install npm, then try again`);
  if (run.status === 0) return;
  if (missing.length > 0 && /gyp|prebuild/.test(run.stderr)) {
    const packages = missing.map((name) => COMPILING[name]);
    if (installMissing(packages)) {
      npm(root, args, () => false);
      return;
    }
    throw new Error(
      `better-sqlite3 has no ready build that can be fetched, and to compile it ${missing.join(', ')} is missing: on Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`,
    );
  }
  if (run.stderr) console.error(run.stderr.trimEnd());
  throw new Error(`npm ${args[0]} failed: see the lines above, then try again`);
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
  const { platform, arch, version } = process;
  // The last two: how the npm package "node" brings a release.
  const bundled = `node-${platform}-${arch}`;
  const places = [prefix, join(prefix, 'node_modules', bundled), join(prefix, '..', bundled)];
  return places.find((place) => {
    const file = join(place, 'include', 'node', 'node_version.h');
    if (!existsSync(file)) return false;
    const text = readFileSync(file, 'utf8');
    const part = (name) => text.match(new RegExp(`#define NODE_${name}_VERSION (\\d+)`))?.[1];
    return version === `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`;
  });
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
