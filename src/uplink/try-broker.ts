import { randomUUID } from 'node:crypto';
import mqtt, { type MqttClient } from 'mqtt';
import { errorLine } from '../errors.js';
import type { BrokerLogin } from './broker-session.js';
import { reasonOf } from './reasons.js';

/** What keeps a node from its broker; `forbidden`: it may come, and not say what it has to say. */
export type BrokerFault = 'unreachable' | 'login' | 'certificate' | 'protocol' | 'forbidden';

export type BrokerTrial = { readonly ok: true; readonly ms: number } | TrialFailure;

interface TrialFailure {
  readonly ok: false;
  readonly fault: BrokerFault;
  /** For people. */
  readonly reason: string;
}

const CONNECT_WITHIN_MS = 10_000;
const ECHO_WITHIN_MS = 3_000;
const LOGIN_CODES = [2, 4, 5, 133, 134, 135, 138, 140];
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALERT|ERR_TLS/;

/**
 * Connects as the node would, under a client id of its own so that a running node keeps its connection, says something on `topic` and
 * waits until it comes back: a broker of MQTT 3.1.1 acknowledges what its access rules forbid.
 */
export async function tryBroker(
  login: BrokerLogin,
  topic: string,
  echoWithinMs = ECHO_WITHIN_MS,
): Promise<BrokerTrial> {
  const startMs = performance.now();
  let client: MqttClient | undefined;
  try {
    client = await connected(login);
    return (await echoes(client, topic, echoWithinMs))
      ? { ok: true, ms: Math.round(performance.now() - startMs) }
      : { ok: false, fault: 'forbidden', reason: `what this node says on ${topic} does not come back` };
  } catch (error) {
    const fault = faultOf(error);
    // mqtt.js writes the answer into its message; the reason already says it.
    return { ok: false, fault, reason: reasonOf(error) || errorLine(error) };
  } finally {
    client?.end(true);
  }
}

function connected(login: BrokerLogin): Promise<MqttClient> {
  const { url, clientId, protocolVersion, ca, cert, key, username, password } = login;
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(url, {
      protocolVersion,
      clientId: `${clientId}-doctor`,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_WITHIN_MS,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    const fail = (error: Error) => {
      client.end(true);
      reject(error);
    };
    client.once('connect', () => {
      client.off('close', onClose);
      resolve(client);
    });
    const onClose = () => fail(new Error('the broker closed the connection'));
    client.on('error', fail);
    client.once('close', onClose);
  });
}

function echoes(client: MqttClient, topic: string, withinMs: number): Promise<boolean> {
  const word = randomUUID();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const settle = (came: boolean) => {
      clearTimeout(timer);
      resolve(came);
    };
    client.on('message', (_topic, body) => body.toString() === word && settle(true));
    client.once('close', () => settle(false));
    client.subscribe(topic, { qos: 1 }, (refusal) => {
      if (refusal) settle(false);
      else client.publish(topic, word, { qos: 1 }, (error) => error && settle(false));
    });
  });
}

function faultOf(error: unknown): BrokerFault {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'number') return LOGIN_CODES.includes(code) ? 'login' : 'protocol';
  if (typeof code === 'string' && CERTIFICATE.test(code)) return 'certificate';
  return typeof code === 'string' && code.startsWith('ERR_SSL') ? 'protocol' : 'unreachable';
}
