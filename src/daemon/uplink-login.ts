import { resolve } from 'node:path';
import type { BrokerSettings } from '../broker/embedded-broker.js';
import type { Config } from '../config/schema.js';
import type { BrokerLogin } from '../uplink/broker-session.js';
import { readPemFile, readSecretFile } from '../uplink/secret-file.js';

/** The farm's broker as configured, its secrets read; undefined where the embedded one is the uplink. */
export async function farmLogin({ mqtt, site, node }: Config, baseDir: string): Promise<BrokerLogin | undefined> {
  if (mqtt.url === undefined) return undefined;
  const secret = async (path: string | undefined, setting: string) =>
    path === undefined ? undefined : readSecretFile(resolve(baseDir, path), setting);
  const pem = async (path: string | undefined, setting: string) =>
    path === undefined ? undefined : readPemFile(resolve(baseDir, path), setting);
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

/** The embedded broker's settings, its password read. */
export async function embeddedLogin({ broker }: Config, baseDir: string): Promise<BrokerSettings> {
  const { host, port, username, passwordFile } = broker;
  const password =
    passwordFile === undefined
      ? undefined
      : await readSecretFile(resolve(baseDir, passwordFile), 'broker.passwordFile');
  return { host, port, username, password };
}
