// Installs what package-lock.json lists, where node_modules does not hold it yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Runs `npm ci`; throws where it fails. */
export function installPackages(root) {
  console.error('fieldscout: installing npm packages (once, about a minute)');
  const [command, ...args] = npmCommand();
  const run = spawnSync(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      // The GPU libraries come from a host that not everybody reaches, and the processor does not need them.
      ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip',
    },
  });
  if (run.error) throw new Error(`npm could not be started (${run.error.message}): install npm, then try again`);
  if (run.status !== 0) throw new Error('npm ci failed: see the lines above, then try again');
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
