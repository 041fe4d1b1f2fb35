import { createServer } from 'node:net';
import type { Config } from '../config/schema.js';
import type { BrokerLogin } from '../uplink/broker-session.js';
import { checkCertificates } from '../uplink/certificates.js';
import { type BrokerFault, tryBroker } from '../uplink/try-broker.js';
import { failure } from './failure.js';
import { type Finding, fine, wrong } from './finding.js';

const REMEDIES: Readonly<Record<BrokerFault, string>> = {
  unreachable: 'Is the broker running, its address in mqtt.url right, and its port open for this machine?',
  login: 'Set mqtt.username and mqtt.passwordFile to what the broker knows.',
  certificate: 'Check mqtt.caFile, mqtt.certFile and mqtt.keyFile, and that the clock is right.',
  protocol: 'Check scheme and port of mqtt.url, and mqtt.protocolVersion.',
  forbidden: 'Let this node read and write its own topics in the access rules of the broker.',
};

/**
 * The farm's broker, by a message that must come back.
 * @param login reads the secrets; undefined where the embedded broker is the uplink
 */
export async function checkBroker(login: () => Promise<BrokerLogin | undefined>, topic: string): Promise<Finding> {
  try {
    const known = await login();
    if (!known) return fine('broker', 'the embedded one, which starts with the node');
    checkCertificates(known);
    const trial = await tryBroker(known, topic);
    if (trial.ok) return fine('broker', `${known.url} took a message and gave it back in ${trial.ms} ms`);
    return wrong('broker', 'fail', `broker-${trial.fault}`, `${known.url}: ${trial.reason}`, REMEDIES[trial.fault]);
  } catch (error) {
    return failure('broker', 'broker-secret', error);
  }
}

/** Ports that the configuration insists on; others are found by themselves. */
export async function checkPorts({ broker, dashboard }: Config): Promise<Finding> {
  const wanted = [
    ...(broker.enabled && broker.port !== undefined ? [{ setting: 'broker.port', ...broker, port: broker.port }] : []),
    ...(dashboard.enabled && dashboard.port !== undefined
      ? [{ setting: 'dashboard.port', ...dashboard, port: dashboard.port }]
      : []),
  ];
  const taken: string[] = [];
  for (const { setting, host, port } of wanted)
    if (!(await isFree(host, port))) taken.push(`${setting}: ${port} on ${host}`);
  if (taken.length === 0) return fine('ports', wanted.length === 0 ? 'the next free ones are taken' : 'free');
  const remedy = 'If it is not the node itself that runs, stop the other program or set another port.';
  return wrong('ports', 'warn', 'port-taken', `${taken.join(', ')} cannot be listened on`, remedy);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
