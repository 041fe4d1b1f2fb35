// Installs the programs that tests talk to, where this machine lets us. Where it does not, the tests that need them skip
// themselves, and the closing report names them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const tools = JSON.parse(readFileSync(new URL('./debian-tools.json', import.meta.url), 'utf8'));

export function installTools() {
  const missing = missingTools();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((name) => tools[name]))];
  const problem = aptProblem(packages);
  const still = missingTools();
  if (still.length === 0) return;
  for (const name of still) {
    console.error(
      `fieldscout: ${name} is missing (${problem ?? 'its package does not hold it'}); tests that need it will be skipped`,
    );
  }
  console.error(`fieldscout: on Debian or Ubuntu: sudo apt-get install ${still.map((name) => tools[name]).join(' ')}`);
}

/** @returns why the packages could not be installed; undefined when they were. */
function aptProblem(packages) {
  if (!hasTool('apt-get')) return 'this system has no apt-get';
  const asRoot = rootPrefix();
  if (asRoot === undefined) return 'installing it needs root, or sudo without a password';
  console.error(`fieldscout: installing ${packages.join(', ')} with apt-get`);
  // An offline machine may still have the lists and packages of an earlier day.
  const updated = runAsRoot(asRoot, ['update', '-qq']);
  // One by one: a package that this release does not have must not keep the others away.
  const failed = packages.filter(
    (name) => !runAsRoot(asRoot, ['install', '-y', '-qq', '--no-install-recommends', name]),
  );
  if (failed.length === 0) return undefined;
  return `apt-get ${updated ? '' : 'update and '}install failed: see the lines above`;
}

/** sudo may drop the environment, so `env` sets it on the far side. */
function runAsRoot(asRoot, args) {
  const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  return spawnSync(command, rest, { stdio: ['ignore', 2, 2] }).status === 0;
}

/** What makes a command run as root: nothing for root, sudo where it asks for no password. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const mayDo = hasTool('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return mayDo ? ['sudo', '-n'] : undefined;
}

const missingTools = () => Object.keys(tools).filter((name) => !hasTool(name));

/** Installs Debian packages where this machine lets us. @returns whether all are there now */
export const installDebianPackages = (packages) => aptProblem(packages) === undefined;

/**
 * Debian puts servers into folders that an ordinary user's PATH leaves out. A name with a "/" is a file of a library, which lies in
 * /usr/lib or in the folder there for the machine's architecture.
 */
export function hasTool(name) {
  if (name.includes('/')) return libraryFolders().some((folder) => existsSync(join(folder, name)));
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => isExecutable(join(folder, name)));
}

function libraryFolders() {
  const root = '/usr/lib';
  if (!existsSync(root)) return [];
  const folders = readdirSync(root).filter((name) => name.includes('-linux-'));
  return [root, ...folders.map((name) => join(root, name))];
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent, or not ours to run: that is the answer
  }
}
