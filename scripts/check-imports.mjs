// Holds ARCHITECTURE.md's import rules: which room of src/ may import which.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));
const EVERYONE = ['types', 'errors', 'paths', 'yaml-file', 'regular-file', 'make-folder', 'geometry'];
const STAGES = [
  'capture',
  'sim',
  'vision',
  'models',
  'clip',
  'prompts',
  'scoring',
  'inspection',
  'tracking',
  'alerting',
  'devices',
];
const SERVICES = ['journal', 'uplink', 'broker', 'dashboard', 'telemetry', 'evaluation', 'config'];
/** Room -> rooms that it may import, besides itself and EVERYONE. */
const RULES = {
  types: [],
  errors: [],
  paths: [],
  'yaml-file': [],
  'regular-file': [],
  'make-folder': [],
  geometry: [],
  main: ['commands', 'config'],
  commands: [...STAGES, ...SERVICES, 'daemon', 'doctor', 'service'],
  service: ['config'],
  doctor: [...STAGES, ...SERVICES, 'daemon'],
  daemon: [...STAGES, ...SERVICES],
  config: [],
  devices: [],
  capture: [],
  sim: ['capture'],
  vision: [],
  models: [],
  clip: ['models'],
  prompts: ['clip'],
  scoring: [],
  inspection: ['vision', 'clip', 'prompts', 'scoring'],
  tracking: [],
  alerting: [],
  journal: [],
  uplink: ['journal'],
  broker: [],
  evaluation: ['journal', 'inspection', 'vision', 'clip', 'prompts', 'scoring'],
  dashboard: ['journal', 'uplink'],
  telemetry: [],
};

const roomOf = (file) =>
  relative(src, file)
    .split('/')[0]
    .replace(/\.[cm]?[jt]sx?$/, '');

function* sources(dir) {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(name)) yield path;
  }
}

const broken = [];
for (const file of sources(src)) {
  const text = readFileSync(file, 'utf8');
  const room = roomOf(file);
  const where = relative(dirname(src), file);
  if (!(room in RULES)) broken.push(`${where}: room '${room}' has no import rule`);
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)) {
    const other = roomOf(resolve(dirname(file), target));
    const allowed = other === room || EVERYONE.includes(other) || RULES[room]?.includes(other);
    if (!allowed) broken.push(`${where}: ${room} may not import ${other} (${target})`);
    const insideWeb = where.startsWith('src/dashboard/web/');
    if (
      insideWeb &&
      !resolve(dirname(file), target).startsWith(join(src, 'dashboard/web')) &&
      !/^import type/m.test(importOf(text, target))
    )
      broken.push(`${where}: the page may import only types from the server (${target})`);
  }
  if (/process\.env/.test(text) && !where.startsWith('src/config/'))
    broken.push(`${where}: process.env is read in src/config/ only`);
}

function importOf(text, target) {
  return text.slice(0, text.indexOf(target)).split('\n').slice(-8).join('\n');
}

for (const line of broken) console.error(line);
if (broken.length > 0) process.exit(1);
console.log('import rules hold');
