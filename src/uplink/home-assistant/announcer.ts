import type { HeardMessage } from '../broker-session.js';
import type { UplinkMessage } from '../message.js';
import { homeAssistantTopics } from '../topics.js';
import type { AnnouncedNode } from './announced-node.js';
import type { Component } from './component.js';
import { deviceBundle } from './device-bundle.js';

/** What was announced, over restarts too, so that it can be taken back. */
export interface Announced {
  /** Every topic that ever held this node. */
  readonly topics: readonly string[];
  /** Platform by key of every component that was ever on it. */
  readonly components: Readonly<Record<string, string>>;
}

export interface AnnouncerParts {
  readonly isEnabled: boolean;
  readonly prefix: string;
  /** As it is now. */
  readonly node: () => AnnouncedNode;
  readonly before: Announced | undefined;
  /** Kept over a restart before anything is said. */
  readonly remember: (announced: Announced) => void;
  readonly publish: (message: UplinkMessage) => void;
  readonly random: () => number;
}

/** All nodes of a farm hear at the same moment that Home Assistant has started. */
const SPREAD_MS = 3_000;

/** Tells Home Assistant what there is, again when it starts and when something changed; and takes it back where it is switched off. */
export class HomeAssistantAnnouncer {
  readonly #parts: AnnouncerParts;
  readonly #statusTopic: string;
  #announced: Announced;
  #said = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.#announced = parts.before ?? { topics: [], components: {} };
    this.#statusTopic = homeAssistantTopics(parts.prefix, 'any').status;
  }

  /** What is to be listened to. */
  get filters(): readonly string[] {
    return this.#parts.isEnabled ? [this.#statusTopic] : [];
  }

  /** Says what is new since the last time; at the start, takes back what stands where it should not. */
  update(): void {
    const { isEnabled, prefix, node, publish, remember } = this.#parts;
    const about = isEnabled ? node() : undefined;
    const topic = about && homeAssistantTopics(prefix, about.objectId).config;
    if (this.#said === '')
      for (const old of this.#announced.topics)
        if (old !== topic) publish({ topic: old, qos: 1, retain: true, keep: 'latest', bytes: new Uint8Array(0) });
    if (!about || topic === undefined) {
      this.#said = 'nothing';
      return;
    }
    const bundle = deviceBundle(about, this.#announced.components as Readonly<Record<string, Component['p']>>);
    const said = JSON.stringify(bundle);
    if (said === this.#said) return;
    this.#said = said;
    const components = Object.fromEntries(Object.entries(bundle.cmps).map(([key, { p }]) => [key, p]));
    const topics = this.#announced.topics.includes(topic) ? this.#announced.topics : [...this.#announced.topics, topic];
    this.#announced = { topics, components };
    remember(this.#announced);
    publish({ topic, qos: 1, retain: true, keep: 'latest', payload: bundle });
  }

  heard({ topic, body }: HeardMessage): void {
    if (topic !== this.#statusTopic || String(body) !== 'online') return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#said = 'before Home Assistant started';
      this.update();
    }, this.#parts.random() * SPREAD_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
