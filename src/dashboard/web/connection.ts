import type { MqttClient } from 'mqtt';
import type { NodeInfo } from '../node-info.js';
import { type Message, readMessage, type TopicMeaning, topicsOf } from './messages.js';

export interface ConnectionListener {
  node(node: NodeInfo): void;
  link(state: 'connected' | 'reconnecting'): void;
  message(message: Message): void;
  /** A message that the page could not read. */
  unread(): void;
}

const RETRY_MS = 2000;

/** The page's line to its node: what it says of itself by HTTP, and everything that happens by MQTT over WebSocket. */
export class Connection {
  private topics: ReadonlyMap<string, TopicMeaning> = new Map();
  private refreshing = false;
  private client: MqttClient | null = null;

  constructor(private readonly listener: ConnectionListener) {}

  async open(): Promise<void> {
    await this.refresh();
    const { default: mqtt } = await import('mqtt');
    const url = new URL('/mqtt', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.client = mqtt.connect(url.href, {
      protocolVersion: 4,
      clean: true,
      clientId: `page-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`,
      keepalive: 20,
      connectTimeout: 10_000,
      reconnectPeriod: RETRY_MS,
      resubscribe: false,
      // Its other timer runs in a worker made of a string, which the page's policy forbids.
      timerVariant: 'native',
    });
    this.client.on('connect', () => void this.connected());
    this.client.on('close', () => this.listener.link('reconnecting'));
    this.client.on('error', (error) => console.warn('MQTT:', error.message));
    this.client.on('message', (topic, bytes) => this.received(topic, bytes));
  }

  /** Asks the node about itself until it answers. */
  async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      for (;;) {
        const node = await fetchNode();
        if (node) {
          this.topics = topicsOf(node);
          this.listener.node(node);
          return;
        }
        this.listener.link('reconnecting');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    } finally {
      this.refreshing = false;
    }
  }

  private async connected(): Promise<void> {
    await this.refresh();
    if (!this.client?.connected) return;
    this.client.subscribe([...this.topics.keys()], { qos: 1 }, (error) => {
      if (error) console.warn('MQTT subscription:', error.message);
    });
    this.listener.link('connected');
  }

  private received(topic: string, bytes: Uint8Array): void {
    const meaning = this.topics.get(topic);
    if (!meaning || bytes.length === 0) return;
    const message = readMessage(meaning, new TextDecoder().decode(bytes));
    if (message) this.listener.message(message);
    else this.listener.unread();
  }
}

/** @returns null where the node doesn't answer */
async function fetchNode(): Promise<NodeInfo | null> {
  try {
    const response = await fetch('/api/node');
    if (response.ok) return (await response.json()) as NodeInfo;
    console.warn(`The node answers ${response.status}.`);
  } catch (error) {
    console.warn('The node does not answer:', error);
  }
  return null;
}
