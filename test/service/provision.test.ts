import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { placeFiles } from '../../src/service/place-files.js';
import { readProvision, withSecretsIn } from '../../src/service/provision.js';
import { type Authority, makeAuthority } from '../support/certificates.js';
import { needs } from '../support/needs.js';

const example = fileURLToPath(new URL('../../deploy/node.example.yaml', import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fieldscout-provision-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function written(text: string): string {
  const path = join(dir, 'node.yaml');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const refusal = (text: string) => readProvision(written(text)).catch((error: Error) => error.message);

describe('readProvision', () => {
  it('refuses a configuration that is not valid, with its line', async () => {
    expect(await refusal('configuration:\n  node: a b\n')).toMatch(/node\.yaml:2/);
  });

  it('refuses secrets that do not fit what the configuration asks for', async () => {
    const asking = 'configuration:\n  broker:\n    username: a\n    passwordFile: credential:door\n';
    expect(await refusal(asking)).toContain('secrets has no door');
    expect(await refusal('configuration: {}\nsecrets:\n  door: x\n')).toContain('does not ask for the secrets door');
  });

  it('refuses a name that would lead out of the folder', async () => {
    expect(await refusal('configuration: {}\nsecrets:\n  ../passwd: x\n')).toMatch(
      /node\.yaml:3:3: secrets\.\.\.\/passwd: a name has at most 200 letters/,
    );
  });

  it('refuses names that no file or credential can have', async () => {
    const long = 'x'.repeat(300);
    expect(await refusal(`configuration: {}\nsecrets:\n  ${long}: x\n`)).toContain('a name has at most 200 letters');
    for (const name of ['..', '', 'a/b', long])
      expect(await refusal(`configuration:\n  mqtt: { passwordFile: "credential:${name}" }\n`)).toContain(
        'configuration.mqtt.passwordFile: the name of a credential has 1 to 200 letters',
      );
  });

  const door = (secret: string) =>
    `configuration:\n  broker: { username: a, passwordFile: "credential:door" }\nsecrets:\n  door: ${secret}\n`;

  it('refuses a password that the node would refuse', async () => {
    expect(await refusal(door('"one\\ntwo"'))).toContain('what broker.passwordFile names has several lines.');
    expect(await refusal(door('"\\n"'))).toContain('what broker.passwordFile names is empty.');
    expect(await refusal(door('{ file: gone.txt }'))).toContain(
      `secrets.door: ${join(dir, 'gone.txt')} cannot be read (there is no such file or folder)`,
    );
    expect(await refusal(door('1234'))).toContain('secrets.door: give a text in quotes');
  });

  it.each([
    ['*hunter2'],
    ['&hunter2 *hunter2'],
    ['"hunter2'],
    ['[hunter2'],
    ['@hunter2'],
    ['hunter2: hunter2: x'],
    ['{ hunter2: x }'],
    ['!hunter2 "x\\ny"'],
  ])('never says the secret itself: %s', async (secret) => {
    const message = await refusal(door(secret));
    expect(message).toMatch(/node\.yaml/);
    expect(message).not.toContain('hunter2');
  });

  it('warns of secrets that others may read, and of paths that nobody checked', async () => {
    const path = written(door('x'));
    expect((await readProvision(path)).warnings).toEqual([]);
    chmodSync(path, 0o644);
    expect((await readProvision(path)).warnings).toEqual([
      `${path} holds secrets and others may read it: chmod 600, and delete it afterwards`,
    ]);
    const other = written('configuration:\n  mqtt: { url: "mqtts://h", caFile: /etc/ca.pem }\n');
    chmodSync(other, 0o600);
    expect((await readProvision(other)).warnings).toEqual([
      'mqtt.caFile names a path on the node: what lies there was not checked',
    ]);
  });

  it('lets a secret be changed by provisioning again', async () => {
    const secret = (text: string) => [{ path: '/credentials/door', text, mode: 0o600, owner: 'ours' as const }];
    await placeFiles(secret('old'), dir, false);
    expect(await placeFiles(secret('new'), dir, false)).toEqual([
      { path: join(dir, 'credentials/door'), done: 'written' },
    ]);
  });
});

describe('withSecretsIn', () => {
  it('puts paths in the place of credentials, and leaves all else', () => {
    const text = 'mqtt:\n  # ours\n  passwordFile: credential:door\n  username: credentials\n';
    expect(withSecretsIn('secrets', text)).toBe(
      'mqtt:\n  # ours\n  passwordFile: secrets/door\n  username: credentials\n',
    );
  });
});

describe('certificates of a provisioned node', needs('openssl'), () => {
  let authority: Authority;
  let other: Authority;
  beforeAll(() => {
    authority = makeAuthority('Farm');
    other = makeAuthority('Neighbour');
  });
  afterAll(() => {
    authority.remove();
    other.remove();
  });

  const provision = (secrets: { ca: string; cert: string; key: string }, nowMs?: number) => {
    const mqtt = { url: 'mqtts://h', caFile: 'credential:ca', certFile: 'credential:cert', keyFile: 'credential:key' };
    const texts = Object.entries(secrets).map(([name, path]) => [name, readFileSync(path, 'utf8')]);
    return readProvision(written(stringify({ configuration: { mqtt }, secrets: Object.fromEntries(texts) })), nowMs);
  };

  it('takes the example: the configuration as it was written, and its secrets', async () => {
    copyFileSync(example, join(dir, 'node.yaml'));
    mkdirSync(join(dir, 'certificates'));
    copyFileSync(authority.ca, join(dir, 'certificates/ca.pem'));
    const { configuration, secrets } = await readProvision(join(dir, 'node.yaml'));
    expect(parse(configuration)).toMatchObject({ node: 'scout-2', mqtt: { passwordFile: 'credential:mqtt-password' } });
    expect(parse(configuration)).not.toHaveProperty('detection'); // no default is frozen into it
    expect([...secrets.keys()]).toEqual(['mqtt-password', 'farm-ca']);
    expect(secrets.get('farm-ca')).toBe(readFileSync(authority.ca, 'utf8'));
  });

  it('are taken where they are valid and the key is theirs', async () => {
    const { secrets } = await provision({ ca: authority.ca, ...authority.issue('scout') });
    expect([...secrets.keys()]).toEqual(['ca', 'cert', 'key']);
  });

  it('are refused where one has expired, is not valid yet, or is none', async () => {
    const { cert, key } = authority.issue('scout');
    const old = authority.issue('old', { expired: true });
    await expect(provision({ ca: authority.ca, ...old })).rejects.toThrow(
      /what mqtt\.certFile names expired on Jan {2}2 00:00:00 2020 GMT \(CN=old\)/,
    );
    const inTenYears = Date.now() + 10 * 365 * 86_400_000;
    await expect(provision({ ca: authority.ca, cert, key }, inTenYears)).rejects.toThrow(
      'what mqtt.caFile names expired on',
    );
    await expect(provision({ ca: authority.ca, cert, key }, 0)).rejects.toThrow('is not valid before');
    await expect(provision({ ca: key, cert, key })).rejects.toThrow(
      'what mqtt.caFile names holds no certificate in PEM',
    );
  });

  it('are refused where the key is that of another, or none, and nothing of it is said', async () => {
    const { cert, key } = authority.issue('scout');
    const another = other.issue('scout').key;
    const wrong = await provision({ ca: authority.ca, cert, key: another }).catch((error: Error) => error.message);
    expect(wrong).toContain('what mqtt.keyFile names is not the key of the certificate of mqtt.certFile.');
    await expect(provision({ ca: authority.ca, cert, key: cert })).rejects.toThrow('is no private key in PEM');
    const [, line] = readFileSync(another, 'utf8').split('\n') as [string, string];
    expect(wrong).not.toContain(line);
    expect(readFileSync(key, 'utf8')).toContain('PRIVATE KEY');
  });
});
