import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { stringify } from 'yaml';
import { entry } from './hostile-command.js';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
}

/** A node in a process of its own, to be treated badly. */
export class HostileDaemon {
  readonly log: LogLine[] = [];
  stderr = '';
  readonly closed: Promise<[number | null, NodeJS.Signals | null]>;

  private constructor(readonly child: ChildProcess) {
    this.closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.log.push(JSON.parse(line) as LogLine);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += String(chunk);
    });
  }

  /** @param config written to `<dir>/fieldscout.yaml` */
  static async start(dir: string, config: object): Promise<HostileDaemon> {
    const file = join(dir, 'fieldscout.yaml');
    await writeFile(file, stringify(config));
    return new HostileDaemon(
      spawn(process.execPath, [entry, 'run', '-c', file], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  get messages(): readonly string[] {
    return this.log.map(({ msg }) => msg);
  }

  /** Resident memory in bytes, as Linux counts it. */
  get memoryBytes(): number {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }

  /** Resolves when a line of the log says so. */
  async says(pattern: RegExp, withinMs = 30_000): Promise<string> {
    return waitFor(
      () => this.messages.find((message) => pattern.test(message)),
      withinMs,
      () => `${pattern} was not said:\n${this.messages.join('\n')}\n${this.stderr}`,
    );
  }

  /** @returns exit code, the signal that ended it, and how long it took */
  async stop(...signals: readonly NodeJS.Signals[]) {
    const start = performance.now();
    for (const signal of signals) this.child.kill(signal);
    const [code, signal] = await this.closed;
    return { code, signal, ms: performance.now() - start };
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

export async function waitFor<T>(look: () => T | undefined, withinMs: number, otherwise: () => string): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Holds a port; null where somebody else holds it already. */
export async function holdPort(port: number): Promise<(() => void) | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(() => void server.close()));
  });
}

/** The newest payload of a node with one camera, by the topic's end: "status", "health", "detections". */
export async function listen(port: number): Promise<{
  readonly client: MqttClient;
  readonly newest: ReadonlyMap<string, Record<string, unknown>>;
}> {
  const newest = new Map<string, Record<string, unknown>>();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  client.on('message', (topic, body) => {
    if (/\/detections$|^[^/]+\/[^/]+\/[^/]+\/(status|health)$/.test(topic))
      newest.set(topic.split('/').at(-1) as string, JSON.parse(String(body)) as Record<string, unknown>);
  });
  await client.subscribeAsync('fieldscout/#', { qos: 1 });
  return { client, newest };
}
