// Runs tests on the Node that runs this script, in a copy of the repository: better-sqlite3 is compiled for one release line of
// Node, and the packages of the installed one must stay as they are.
//
//     npx --package node@24 --call 'node scripts/test-on-this-node.mjs test/journal'
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'fieldscout-node-'));
console.log(`Node ${process.version}`);
try {
  const leftOut = new Set(['.git', 'node_modules']);
  cpSync(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !leftOut.has(relative(root, path)),
  });
  // Hard links: packages are read only, and what is compiled anew is a new file.
  run('cp', ['-a', ...(canLink() ? ['-l'] : []), join(root, 'node_modules'), copy]);
  run(process.execPath, [join(copy, 'scripts/setup.mjs')]);
  run(process.execPath, [join(copy, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)]);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function canLink() {
  const args = ['-l', join(root, 'package.json'), join(copy, '.linked')];
  return spawnSync('cp', args, { stdio: 'ignore' }).status === 0;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: copy, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) {
    process.exitCode = status ?? 1;
    throw new Error(`${command} ${args[0]} failed`);
  }
}
