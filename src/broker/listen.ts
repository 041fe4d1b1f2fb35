import type { AddressInfo, Server } from 'node:net';
import { FieldscoutError } from '../errors.js';

/** MQTT's registered port. */
export const DEFAULT_PORT = 1883;

/** Ports tried after the default one. */
const NEXT_PORTS = 100;

export interface BoundPort {
  readonly port: number;
  /** The default port was taken and the next free one is used. */
  readonly moved: boolean;
}

/**
 * Listens on the configured port, or else on the default one or the next that is free.
 * @throws FieldscoutError PORT_TAKEN for a configured port that is in use, BROKER_INVALID for a host that is not here
 */
export async function listenOn(server: Server, host: string, configured: number | undefined): Promise<BoundPort> {
  const first = configured ?? DEFAULT_PORT;
  const last = configured ?? DEFAULT_PORT + NEXT_PORTS;
  for (let port = first; port <= last; port += 1) {
    try {
      const bound = await listenOnce(server, host, port);
      return { port: bound, moved: configured === undefined && port !== DEFAULT_PORT };
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
      if (code !== 'EADDRINUSE' && code !== 'EACCES')
        throw new FieldscoutError(
          'BROKER_INVALID',
          `broker.host ${host} cannot be listened on (${code}).`,
          'Use 127.0.0.1, 0.0.0.0 or an address of this machine.',
          { cause },
        );
      if (configured !== undefined) throw taken(host, port, code, cause);
    }
  }
  throw taken(host, `${first} to ${last}`, 'EADDRINUSE', undefined);
}

function taken(host: string, port: number | string, code: string, cause: unknown): FieldscoutError {
  const why = code === 'EACCES' ? 'is not allowed to this user' : 'is taken';
  return new FieldscoutError(
    'PORT_TAKEN',
    `The broker cannot listen: port ${port} of ${host} ${why}.`,
    'Set broker.port to a free port, or stop the program that uses it.',
    { cause },
  );
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
