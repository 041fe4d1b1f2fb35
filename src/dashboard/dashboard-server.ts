import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { FieldscoutError } from '../errors.js';
import type { NodeFacts } from './node-info.js';
import type { Operation } from './operation-routes.js';
import type { RecentFindings } from './recent-findings.js';
import type { RecentFrames } from './recent-frames.js';
import { buildRoutes } from './routes.js';

export interface DashboardSettings {
  readonly host: string;
  /** undefined: 8080, or the next free one. */
  readonly port: number | undefined;
  readonly allowedHosts: readonly string[];
}

export interface DashboardParts {
  readonly settings: DashboardSettings;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly node: () => NodeFacts;
  readonly frames: RecentFrames;
  readonly findings: RecentFindings;
  readonly operation: Operation;
  /** Takes each accepted WebSocket as a byte stream that speaks MQTT. */
  readonly onMqttStream: (stream: Duplex) => void;
  readonly log: { info(line: string): void; warn(line: string): void };
}

const DEFAULT_PORT = 8080;
const PORTS_TO_TRY = 100;

/** The page's server: the built page, what it asks for, and the WebSocket door to the embedded broker. */
export class DashboardServer {
  private app: FastifyInstance | null = null;

  constructor(private readonly parts: DashboardParts) {}

  /**
   * @returns the page's URL, without a slash at the end
   * @throws FieldscoutError PORT_TAKEN where the configured port is in use, CONFIG_INVALID where the address can't be had
   */
  async start(): Promise<string> {
    const { settings, log } = this.parts;
    const first = settings.port ?? DEFAULT_PORT;
    const last = settings.port ?? DEFAULT_PORT + PORTS_TO_TRY - 1;
    for (let port = first; port <= last; port += 1) {
      const app = await buildRoutes(this.parts);
      try {
        await app.listen({ host: settings.host, port });
      } catch (error) {
        await app.close();
        if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && port < last) continue;
        throw listenFailure(error, settings, port);
      }
      this.app = app;
      if (port !== first) log.info(`Port ${first} is taken: the page uses ${port}. Set dashboard.port to choose one.`);
      return urlOf(settings.host, (app.server.address() as AddressInfo).port);
    }
    throw new Error('no port was tried');
  }

  /** Ends every connection at once; a stopped server can be started again. */
  async stop(): Promise<void> {
    const app = this.app;
    this.app = null;
    await app?.close();
  }
}

function listenFailure(cause: unknown, { host, port: configured }: DashboardSettings, port: number): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case 'EADDRINUSE':
      return configured === undefined
        ? new FieldscoutError(
            'PORT_TAKEN',
            `No free port for the page from ${DEFAULT_PORT} to ${port} on ${host}.`,
            'Set dashboard.port to a free one.',
            { cause },
          )
        : new FieldscoutError(
            'PORT_TAKEN',
            `dashboard.port: ${port} on ${host} is taken by another program.`,
            'Set another port, or remove the setting so that a free one is found.',
            { cause },
          );
    case 'EACCES':
      return new FieldscoutError(
        'CONFIG_INVALID',
        `dashboard.port: this user may not listen on port ${port}.`,
        'Set a port above 1023.',
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new FieldscoutError(
        'CONFIG_INVALID',
        `dashboard.host: ${host} is no address of this machine (${code}).`,
        'Set 127.0.0.1, or an address that the machine has.',
        { cause },
      );
    default:
      return cause;
  }
}

function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
