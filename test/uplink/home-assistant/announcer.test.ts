import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnnouncedNode } from '../../../src/uplink/home-assistant/announced-node.js';
import { type Announced, HomeAssistantAnnouncer } from '../../../src/uplink/home-assistant/announcer.js';
import type { UplinkMessage } from '../../../src/uplink/message.js';
import { nodeTopics } from '../../../src/uplink/topics.js';

const CONFIG = 'homeassistant/device/fieldscout-farm-scout/config';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An announcer, what it said and what it remembers. */
function bench(options: {
  readonly isEnabled?: boolean;
  readonly prefix?: string;
  readonly before?: Announced | undefined;
}) {
  const said: UplinkMessage[] = [];
  const state = { targets: ['aphid'], remembered: options.before };
  const node = (): AnnouncedNode => ({
    topics: nodeTopics('fieldscout', 'farm', 'scout'),
    objectId: 'fieldscout-farm-scout',
    name: 'My farm scout',
    version: '0.1.0',
    cameras: [
      {
        id: 'leaf',
        targets: state.targets.map((id) => ({ id, name: id })),
        promptSets: [],
        hasSnapshots: false,
        canCaptureNow: false,
      },
    ],
    alerts: [],
  });
  const announcer = new HomeAssistantAnnouncer({
    isEnabled: options.isEnabled ?? true,
    prefix: options.prefix ?? 'homeassistant',
    node,
    before: options.before,
    remember: (announced) => {
      state.remembered = announced;
    },
    publish: (message) => said.push(message),
    random: () => 0.5,
  });
  return { announcer, said, state };
}

const hear = (announcer: HomeAssistantAnnouncer, body: string) =>
  announcer.heard({ topic: 'homeassistant/status', body: Buffer.from(body), retain: false });

const keysOf = (message: UplinkMessage | undefined) =>
  message && 'payload' in message ? Object.keys((message.payload as { cmps: object }).cmps) : [];

describe('HomeAssistantAnnouncer', () => {
  it('announces once, retained, and again when Home Assistant says that it has started', () => {
    const { announcer, said } = bench({});
    announcer.update();
    announcer.update();
    expect(said).toEqual([expect.objectContaining({ topic: CONFIG, qos: 1, retain: true })]);
    expect(announcer.filters).toEqual(['homeassistant/status']);
    hear(announcer, 'offline');
    hear(announcer, 'online');
    vi.advanceTimersByTime(1_400);
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(said).toHaveLength(2);
    expect(said[1]).toEqual(said[0]);
  });

  it('takes away what is not looked for any more, after a restart too', () => {
    const { announcer, said, state } = bench({});
    announcer.update();
    const later = bench({ before: state.remembered });
    later.state.targets = ['whitefly'];
    later.announcer.update();
    expect(keysOf(said[0])).toContain('leaf_aphid_now');
    const [message] = later.said;
    const { cmps } = (message && 'payload' in message ? message.payload : {}) as { cmps: Record<string, object> };
    expect(cmps.leaf_aphid_now).toEqual({ p: 'sensor' });
    expect(cmps.leaf_whitefly_now).toMatchObject({ p: 'sensor', name: 'leaf whitefly now' });
  });

  it('is taken back with an empty payload where it is switched off, after a restart too', () => {
    const { announcer, state } = bench({});
    announcer.update();
    const off = bench({ isEnabled: false, before: state.remembered });
    off.announcer.update();
    off.announcer.update();
    expect(off.said).toEqual([{ topic: CONFIG, qos: 1, retain: true, keep: 'latest', bytes: new Uint8Array(0) }]);
    expect(off.announcer.filters).toEqual([]);
  });

  it('says nothing where it was never switched on', () => {
    const { announcer, said } = bench({ isEnabled: false });
    announcer.update();
    expect(said).toEqual([]);
  });

  it('leaves nothing behind under another prefix', () => {
    const { announcer, state } = bench({});
    announcer.update();
    const moved = bench({ prefix: 'ha', before: state.remembered });
    moved.announcer.update();
    expect(moved.said.map(({ topic }) => topic)).toEqual([CONFIG, 'ha/device/fieldscout-farm-scout/config']);
    expect(moved.said[0]).toMatchObject({ bytes: new Uint8Array(0) });
  });
});
