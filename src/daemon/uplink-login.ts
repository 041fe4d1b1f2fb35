import { join, resolve } from 'node:path';
import type { BrokerSettings } from '../broker/embedded-broker.js';
import { credentialsDirectory } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import { FieldscoutError } from '../errors.js';
import type { BrokerLogin } from '../uplink/broker-session.js';
import { readPemFile, readSecretFile } from '../uplink/secret-file.js';

const CREDENTIAL = 'credential:';

/** The farm's broker as configured, its secrets read; undefined where the embedded one is the uplink. */
export async function farmLogin({ mqtt, site, node }: Config, baseDir: string): Promise<BrokerLogin | undefined> {
  if (mqtt.url === undefined) return undefined;
  const secret = async (path: string | undefined, setting: string) =>
    path === undefined ? undefined : readSecretFile(secretPath(path, setting, baseDir), setting);
  const pem = async (path: string | undefined, setting: string) =>
    path === undefined ? undefined : readPemFile(secretPath(path, setting, baseDir), setting);
  return {
    url: mqtt.url,
    protocolVersion: mqtt.protocolVersion,
    clientId: mqtt.clientId ?? `fieldscout-${site.id}-${node}`,
    username: mqtt.username,
    password: await secret(mqtt.passwordFile, 'mqtt.passwordFile'),
    ca: await pem(mqtt.caFile, 'mqtt.caFile'),
    cert: await pem(mqtt.certFile, 'mqtt.certFile'),
    key: await pem(mqtt.keyFile, 'mqtt.keyFile'),
  };
}

/** Files of the configuration that must be secret, by the setting that names them; credentials are systemd's to keep. */
export function secretFiles({ mqtt, broker }: Config, baseDir: string): ReadonlyMap<string, string> {
  const named = {
    'mqtt.passwordFile': mqtt.passwordFile,
    'mqtt.keyFile': mqtt.keyFile,
    'broker.passwordFile': broker.passwordFile,
  };
  const files = Object.entries(named).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[1].startsWith(CREDENTIAL),
  );
  return new Map(files.map(([setting, path]) => [setting, resolve(baseDir, path)]));
}

/** The embedded broker's settings, its password read. */
export async function embeddedLogin({ broker }: Config, baseDir: string): Promise<BrokerSettings> {
  const { host, port, username, passwordFile } = broker;
  const setting = 'broker.passwordFile';
  const password =
    passwordFile === undefined ? undefined : await readSecretFile(secretPath(passwordFile, setting, baseDir), setting);
  return { host, port, username, password };
}

/**
 * A file relative to the configuration, or systemd's file for `credential:<name>`.
 * @throws FieldscoutError CONFIG_INVALID for a credential that systemd does not give
 */
function secretPath(path: string, setting: string, baseDir: string): string {
  if (!path.startsWith(CREDENTIAL)) return resolve(baseDir, path);
  const name = path.slice(CREDENTIAL.length);
  const dir = credentialsDirectory();
  // The schema takes no name that leads out of it.
  if (dir !== undefined) return join(dir, name);
  throw new FieldscoutError(
    'CONFIG_INVALID',
    `${setting}: there are no systemd credentials here (CREDENTIALS_DIRECTORY is not set).`,
    'Give the unit LoadCredential=<name>:<file>, or set a path instead.',
  );
}
