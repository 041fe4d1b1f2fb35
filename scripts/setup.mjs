// Makes a clone ready to run: npm packages, dist/ and, with --test, the programs that tests talk to. It uses nothing but
// Node, since nothing is installed yet, and says nothing where there is nothing to do.
import { fileURLToPath } from 'node:url';
import { installDebianPackages, installTools } from './debian-tools.mjs';
import { compileDatabase, hasDatabase, installPackages, isInstalled } from './npm-packages.mjs';

const forTests = process.argv.includes('--test');
const root = fileURLToPath(new URL('..', import.meta.url));

checkNode();
try {
  if (!isInstalled(root)) installPackages(root);
  if (!hasDatabase(root)) compileDatabase(root, forTests ? installDebianPackages : undefined);
  const { buildIfStale } = await import('./build.mjs');
  buildIfStale();
} catch (error) {
  console.error(`fieldscout: ${error.message}`);
  process.exit(1);
}
if (forTests) installTools();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `fieldscout: this is Node ${process.versions.node}; Fieldscout needs 20.19 or newer: https://nodejs.org`,
  );
  process.exit(1);
}
