import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { undoAtExit } from './children.js';

/** Keeps what it acknowledged when SIGTERM stops it, and drops nothing because a queue is full. */
const KEEPS_ALL = [
  'persistence true',
  'autosave_interval 0',
  'max_queued_messages 0',
  'max_queued_bytes 0',
  'max_inflight_messages 1000',
  'set_tcp_nodelay true',
];

/** A real mosquitto with persistence on one port of loopback, to be stopped and started again. */
export class Broker {
  private running: Mosquitto | undefined;
  private forget: (() => void) | undefined;

  private constructor(
    private readonly dir: string,
    readonly port: number,
  ) {}

  /** @param dir a folder of the run; the broker's store is kept below it over restarts */
  static async in(dir: string): Promise<Broker> {
    const store = join(dir, 'mosquitto');
    await mkdir(store, { recursive: true });
    return new Broker(store, await freePort());
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  async start(): Promise<void> {
    if (this.running) return;
    const config = [...KEEPS_ALL, `persistence_location ${this.dir}/`];
    const broker = await startMosquitto({ port: this.port, config });
    this.forget = undoAtExit(() => broker.signal('SIGKILL'));
    this.running = broker;
  }

  async stop(): Promise<void> {
    const broker = this.running;
    this.running = undefined;
    await broker?.stop('SIGTERM');
    this.forget?.();
  }
}
