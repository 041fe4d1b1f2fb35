import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { embeddedLogin, farmLogin } from '../../src/daemon/uplink-login.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-login-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

const farm = (passwordFile: string) =>
  configSchema.parse({ mqtt: { url: 'mqtts://broker.example:8883', username: 'scout', passwordFile } });

describe('farmLogin', () => {
  it('reads the password from a file beside the configuration, and has a client id of its own that stays', async () => {
    await writeFile(join(dir, 'password.txt'), 'tomato\n');
    expect(await farmLogin(farm('password.txt'), dir)).toMatchObject({
      password: 'tomato',
      clientId: 'fieldscout-farm-scout',
    });
  });

  it('reads it from a systemd credential', async () => {
    await writeFile(join(dir, 'mqtt-password'), 'tomato');
    vi.stubEnv('CREDENTIALS_DIRECTORY', dir);
    expect(await farmLogin(farm('credential:mqtt-password'), '/nowhere')).toMatchObject({ password: 'tomato' });
    const broker = { username: 'farmer', passwordFile: 'credential:mqtt-password' };
    expect(await embeddedLogin(configSchema.parse({ broker }), '/nowhere')).toMatchObject({ password: 'tomato' });
  });

  it.each(['../secret', '..', 'a/b', ''])(
    'never sees "%s" as the name of a credential: the schema refuses it',
    (name) => {
      expect(() => farm(`credential:${name}`)).toThrow('the name of a credential has 1 to 200 letters');
    },
  );

  it('says that there are no credentials where systemd gives none', async () => {
    vi.stubEnv('CREDENTIALS_DIRECTORY', '');
    await expect(farmLogin(farm('credential:mqtt-password'), dir)).rejects.toThrow(
      'mqtt.passwordFile: there are no systemd credentials here (CREDENTIALS_DIRECTORY is not set).',
    );
  });
});
