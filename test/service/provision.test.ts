import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { placeFiles } from '../../src/service/place-files.js';
import { readProvision } from '../../src/service/provision.js';

const example = fileURLToPath(new URL('../../deploy/node.example.yaml', import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fieldscout-provision-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function written(text: string): string {
  const path = join(dir, 'node.yaml');
  writeFileSync(path, text);
  return path;
}

const refusal = (text: string) => readProvision(written(text)).catch((error: Error) => error.message);

describe('readProvision', () => {
  it('takes the example: the configuration as it was written, and its secrets for root alone', async () => {
    const { configuration, secrets } = await readProvision(example);
    expect(parse(configuration)).toMatchObject({ node: 'scout-2', mqtt: { passwordFile: 'credential:mqtt-password' } });
    expect(parse(configuration)).not.toHaveProperty('detection'); // no default is frozen into it
    expect(secrets.map(({ path, mode }) => [path, mode])).toEqual([
      ['/etc/fieldscout/credentials/mqtt-password', 0o600],
      ['/etc/fieldscout/credentials/farm-ca', 0o600],
    ]);
  });

  it('refuses a configuration that is not valid, with its line', async () => {
    expect(await refusal('configuration:\n  node: a b\n')).toMatch(/node\.yaml:2/);
  });

  it('refuses secrets that do not fit what the configuration asks for', async () => {
    const asking = 'configuration:\n  broker:\n    username: a\n    passwordFile: credential:door\n';
    expect(await refusal(asking)).toContain('secrets has no door');
    expect(await refusal('configuration: {}\nsecrets:\n  door: x\n')).toContain('does not ask for the secrets door');
  });

  it('refuses a name that would lead out of the folder', async () => {
    expect(await refusal('configuration: {}\nsecrets:\n  ../passwd: x\n')).toMatch(/secrets.*Invalid key/);
  });

  it('lets a secret be changed by provisioning again', async () => {
    const secret = (text: string) => [{ path: '/credentials/door', text, mode: 0o600, owner: 'ours' as const }];
    await placeFiles(secret('old'), dir, false);
    expect(await placeFiles(secret('new'), dir, false)).toEqual([
      { path: join(dir, 'credentials/door'), done: 'written' },
    ]);
  });
});
