import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from './needs.js';

export interface MosquittoOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Name -> password; without it anyone may come. */
  readonly users?: Readonly<Record<string, string>>;
  /** The text of an access list, see mosquitto.conf(5). */
  readonly acl?: string;
  /** Paths of PEM files; with `clientCa` clients must present a certificate of that authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string; readonly clientsToo?: boolean };
  readonly websockets?: boolean;
  /** More lines of mosquitto.conf. */
  readonly config?: readonly string[];
}

export interface Mosquitto {
  readonly port: number;
  /** `mqtt://127.0.0.1:<port>`, or mqtts://localhost with TLS, or ws:// */
  readonly url: string;
  /** Where the access list lies; `SIGHUP` makes the broker read it again. */
  readonly aclFile: string;
  /** What the broker logged so far. */
  log(): string;
  /** `SIGSTOP` freezes it with its connections open, `SIGCONT` lets it go on. */
  signal(signal: NodeJS.Signals): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const READY_ATTEMPTS = 200;

/** Starts a real mosquitto on a free port of loopback and waits until it takes connections. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  const dir = mkdtempSync(join(tmpdir(), 'fieldscout-mosquitto-'));
  const configFile = join(dir, 'mosquitto.conf');
  writeFileSync(configFile, configLines(port, dir, options).join('\n'));
  const broker = spawn(tool('mosquitto'), ['-c', configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [broker.stdout, broker.stderr]) stream.on('data', (text: Buffer) => output.push(String(text)));
  const closed = once(broker, 'close');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (broker.exitCode === null && broker.signalCode === null) broker.kill(signal);
    await closed;
    rmSync(dir, { recursive: true, force: true });
  };
  if (!(await accepts(port, broker))) {
    await stop('SIGKILL');
    throw new Error(`mosquitto did not start: ${output.join('')}`);
  }
  const scheme = options.tls ? 'mqtts://localhost' : options.websockets ? 'ws://127.0.0.1' : 'mqtt://127.0.0.1';
  return {
    port,
    url: `${scheme}:${port}`,
    aclFile: join(dir, 'acl'),
    log: () => output.join(''),
    signal: (signal) => broker.kill(signal),
    stop,
  };
}

function configLines(port: number, dir: string, options: MosquittoOptions): string[] {
  const lines = [
    `user ${userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'log_dest stderr',
    `allow_anonymous ${options.users === undefined}`,
  ];
  if (options.websockets) lines.push('protocol websockets');
  if (options.users) {
    const passwords = join(dir, 'passwords');
    writeFileSync(passwords, '');
    for (const [name, password] of Object.entries(options.users)) {
      const made = spawnSync(tool('mosquitto_passwd'), ['-b', passwords, name, password], { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(`mosquitto_passwd failed: ${made.stderr}`);
    }
    lines.push(`password_file ${passwords}`);
  }
  if (options.acl !== undefined) {
    const acl = join(dir, 'acl');
    writeFileSync(acl, options.acl);
    lines.push(`acl_file ${acl}`);
  }
  if (options.tls) {
    const { ca, cert, key, clientsToo } = options.tls;
    lines.push(`cafile ${ca}`, `certfile ${cert}`, `keyfile ${key}`, `require_certificate ${clientsToo === true}`);
  }
  return [...lines, ...(options.config ?? []), ''];
}

async function accepts(port: number, broker: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < READY_ATTEMPTS && broker.exitCode === null; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      await sleep(25); // not listening yet
    } finally {
      socket.destroy();
    }
  }
  return false;
}

/** @returns a TCP port of loopback that nobody listens on */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function tool(name: string): string {
  const path = findTool(name);
  if (path === undefined) throw new Error(`${name} is not installed: guard the test with needs('${name}')`);
  return path;
}
