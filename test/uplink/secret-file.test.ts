import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPemFile, readSecretFile } from '../../src/uplink/secret-file.js';

const dir = mkdtempSync(join(tmpdir(), 'fieldscout-secret-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(text: string): string {
  const path = join(dir, 'secret');
  writeFileSync(path, text);
  return path;
}

describe('readSecretFile', () => {
  it.each([
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['s3cret', 's3cret'],
    [' with spaces \n', ' with spaces '],
  ])('reads %j as %j', async (text, secret) => {
    expect(await readSecretFile(file(text), 'mqtt.passwordFile')).toBe(secret);
  });

  it.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['one-secret\ntwo\n', 'holds several lines'],
  ])('refuses %j without telling what is in it', async (text, fault) => {
    const path = file(text);
    await expect(readSecretFile(path, 'mqtt.passwordFile')).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: `mqtt.passwordFile: ${path} ${fault}.`,
    });
  });

  it('names the setting and the file that is not there', async () => {
    const path = join(dir, 'absent');
    await expect(readSecretFile(path, 'broker.passwordFile')).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: `broker.passwordFile: ${path} cannot be read (there is no such file or folder).`,
    });
  });
});

describe('readPemFile', () => {
  it('refuses what is not PEM', async () => {
    const path = file('hello');
    await expect(readPemFile(path, 'mqtt.caFile')).rejects.toMatchObject({
      message: `mqtt.caFile: ${path} is not PEM.`,
    });
  });
});
