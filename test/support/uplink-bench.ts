import { Writable } from 'node:stream';
import { pino } from 'pino';
import { MqttUplink } from '../../src/uplink/mqtt-uplink.js';
import { nodeTopics } from '../../src/uplink/topics.js';
import type { UplinkOptions, UplinkSettings } from '../../src/uplink/uplink-settings.js';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from './mosquitto.js';
import { type MosquittoSub, type ReceivedMessage, type SubOptions, startMosquittoSub } from './mosquitto-sub.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

export const topics = nodeTopics('fieldscout', 'farm', 'scout');
export const BASE = topics.base;
export const SOON = { timeout: 15_000 };

export interface BenchNode {
  readonly uplink: MqttUplink;
  /** All that it logged. */
  log(): string;
}

/** Uplinks, brokers and readers of one test, and their end. */
export class UplinkBench {
  readonly #cleanUps: (() => Promise<unknown> | unknown)[] = [];

  /** An uplink that is quick to come back; not started yet. */
  node(settings: Partial<UplinkSettings> & { readonly url: string }, options: UplinkOptions = {}): BenchNode {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const uplink = new MqttUplink(
      { protocolVersion: 4, clientId: 'scout', topics, version: '0.1.0', ...settings },
      pino({ level: 'debug' }, sink),
      { backoff: { firstMs: 50, mostMs: 200 }, republishAfterMs: 60_000, ...options },
    );
    this.atEnd(() => uplink.stop());
    return { uplink, log: () => lines.join('') };
  }

  async broker(options?: MosquittoOptions): Promise<Mosquitto> {
    const started = await startMosquitto(options);
    this.atEnd(() => started.stop('SIGKILL'));
    return started;
  }

  async reader(options: Omit<SubOptions, 'topics'> & { readonly topics?: readonly string[] }): Promise<MosquittoSub> {
    const started = await startMosquittoSub({ topics: ['#'], ...options });
    this.atEnd(() => started.stop());
    return started;
  }

  async proxy(targetPort: number, port?: number): Promise<TcpProxy> {
    const started = await startTcpProxy(targetPort, port);
    this.atEnd(() => started.stop());
    return started;
  }

  atEnd(cleanUp: () => Promise<unknown> | unknown): void {
    this.#cleanUps.push(cleanUp);
  }

  /** In the reverse order. */
  async end(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
  }
}

export const jsonOf = ({ body }: ReceivedMessage): unknown => JSON.parse(String(body));
