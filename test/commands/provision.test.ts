import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { farmLogin } from '../../src/daemon/uplink-login.js';
import { fieldscout, isOneClearLine } from '../support/hostile-command.js';

/** Programs are started: a busy machine takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const NODE = `configuration:
  site: { id: farm, timeZone: Europe/Lisbon }
  node: scout-2
  mqtt:
    url: mqtt://broker.farm.example
    username: scout-2
    passwordFile: credential:mqtt-password
  cameras:
    - { id: beans, source: "sim:leaf" }
secrets:
  mqtt-password: hunter2
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fieldscout-provision-'));
  writeFileSync(join(dir, 'node.yaml'), NODE, { mode: 0o600 });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const at = (path: string) => join(dir, path);
async function provision(...words: readonly string[]) {
  const result = await fieldscout(['provision', 'node.yaml', ...words], { cwd: dir });
  expect(result.stdout + result.stderr).not.toContain('hunter2');
  return result;
}

describe('fieldscout provision', () => {
  it('makes a folder a node that can log in, with its secrets for nobody else', async () => {
    const said = await provision('--dir', 'scout-2');
    expect(said).toEqual({
      code: 0,
      stdout:
        `written: ${at('scout-2/secrets/mqtt-password')}\nwritten: ${at('scout-2/fieldscout.yaml')}\n` +
        `Node scout-2 of site farm is provisioned. Next: fieldscout doctor -c ${at('scout-2/fieldscout.yaml')}\n`,
      stderr: '',
    });
    expect(statSync(at('scout-2/secrets/mqtt-password')).mode & 0o777).toBe(0o600);
    expect(statSync(at('scout-2/secrets')).mode & 0o777).toBe(0o700);
    const { config, baseDir } = await loadConfig('fieldscout.yaml', at('scout-2'));
    expect(await farmLogin(config, baseDir)).toMatchObject({ username: 'scout-2', password: 'hunter2' });
  });

  it('says what it would do, and does nothing', async () => {
    const { code, stdout } = await provision('--dir', 'scout-2', '--dry-run');
    expect([code, stdout]).toEqual([
      0,
      `would be written: ${at('scout-2/secrets/mqtt-password')}\nwould be written: ${at('scout-2/fieldscout.yaml')}\n`,
    ]);
    expect(readdirSync(dir)).toEqual(['node.yaml']);
  });

  it('writes over nothing, and over all of it where it is told to', async () => {
    writeFileSync(at('fieldscout.yaml'), 'node: mine\n');
    const { code, stderr } = await provision();
    expect(code).toBe(1);
    isOneClearLine(stderr.trimEnd());
    expect(stderr).toContain(`${at('fieldscout.yaml')} is there already and would be another; nothing was written.`);
    expect(readFileSync(at('fieldscout.yaml'), 'utf8')).toBe('node: mine\n');
    expect(existsSync(at('secrets'))).toBe(false);
    expect((await provision('--force')).code).toBe(0);
    expect(parse(readFileSync(at('fieldscout.yaml'), 'utf8'))).toMatchObject({ node: 'scout-2' });
    expect((await provision()).stdout).toContain(`unchanged: ${at('fieldscout.yaml')}`); // the same again is no harm
  });

  it('refuses a camera that cannot be opened and tells of a model that is still to come', async () => {
    writeFileSync(at('node.yaml'), NODE.replace('sim:leaf', 'sim:moon'));
    const { code, stderr } = await provision();
    expect([code, stderr]).toEqual([1, expect.stringContaining('node.yaml: camera "beans": ')]);
    expect(existsSync(at('fieldscout.yaml'))).toBe(false);
    writeFileSync(at('node.yaml'), NODE.replace('  node:', '  model: clip-vit-b32\n  node:'));
    const later = await provision('--dry-run');
    expect(later).toMatchObject({ code: 0, stderr: expect.stringContaining('fieldscout models pull clip-vit-b32') });
  });

  it('puts the node where "install" finds it, which has systemd hand the secrets over', async () => {
    expect((await provision('--service', '--root', 'image')).code).toBe(0);
    const { code, stdout } = await fieldscout(['install', '--root', at('image')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`kept: ${at('image/etc/fieldscout/fieldscout.yaml')}`)]);
    expect(readFileSync(at('image/etc/fieldscout/fieldscout.yaml'), 'utf8')).toContain('credential:mqtt-password');
    expect(readFileSync(at('image/etc/fieldscout/credentials/mqtt-password'), 'utf8')).toBe('hunter2');
    expect(readFileSync(at('image/etc/systemd/system/fieldscout.service.d/10-this-machine.conf'), 'utf8')).toContain(
      'LoadCredential=mqtt-password:/etc/fieldscout/credentials/mqtt-password',
    );
  });
});
