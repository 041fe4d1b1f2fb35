import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepIdentity } from '../../src/daemon/keep-identity.js';
import { openNodeState } from '../../src/journal/node-state.js';

let dir: string;
let warnings: string[];
const warn = (line: string) => void warnings.push(line);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'identity-'));
  warnings = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const start = async (base: string) => {
  const state = await openNodeState(join(dir, 'node.json'), warn);
  await keepIdentity(state, base, warn);
  return state.data.identity;
};

it("is noted at the first start, and a folder that was another node's is taken over with a line, once", async () => {
  expect(await start('fieldscout/farm/scout')).toBe('fieldscout/farm/scout');
  expect(await start('fieldscout/farm/scout')).toBe('fieldscout/farm/scout');
  expect(warnings).toEqual([]);
  for (let i = 0; i < 2; i += 1) expect(await start('fieldscout/farm/north')).toBe('fieldscout/farm/north');
  expect(warnings).toEqual([
    'the state in storage.dir was that of fieldscout/farm/scout, and goes on as fieldscout/farm/north: what waits goes out under the old name',
  ]);
});

it('that cannot be written is a line, and no reason not to start', async () => {
  const save = () => Promise.reject(new Error('no space left on device'));
  await keepIdentity({ data: { cameras: {} }, save }, 'fieldscout/farm/scout', warn);
  expect(warnings).toEqual(['whose state it is could not be written down: no space left on device']);
});
