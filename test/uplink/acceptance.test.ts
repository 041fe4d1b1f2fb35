import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../../src/journal/journal.js';
import { Acceptance } from '../../src/uplink/acceptance.js';
import { alertMessage, eventMessage } from '../../src/uplink/channels.js';
import { nodeTopics } from '../../src/uplink/topics.js';
import { MemoryOutbox } from '../support/memory-outbox.js';
import { alertSample, eventSample } from '../support/payloads.js';

const topics = nodeTopics('fieldscout', 'farm', 'scout');
const now = () => Date.parse('2026-05-04T03:02:01.000Z');

function bench() {
  const outbox = new MemoryOutbox();
  const accepted: OutboxEntry[] = [];
  const acceptance = new Acceptance({
    journal: { outbox, missed: (missed) => outbox.missed(missed) },
    onAccepted: (entries) => accepted.push(...entries),
    now,
    log: pino({ level: 'silent' }),
  });
  return { outbox, acceptance, accepted };
}

const idOf = ({ json }: OutboxEntry) => (JSON.parse(json) as { id: string }).id;

describe('Acceptance', () => {
  it('hands over what came, in its order, many at a time', async () => {
    const { outbox, acceptance, accepted } = bench();
    let calls = 0;
    const accept = outbox.accept.bind(outbox);
    outbox.accept = (messages) => {
      calls += 1;
      return accept(messages);
    };
    for (let i = 0; i < 1_200; i += 1) acceptance.add(eventMessage(topics, eventSample(`event-${i}`)));
    await acceptance.done();
    expect(accepted.map(idOf)).toEqual(Array.from({ length: 1_200 }, (_, i) => `event-${i}`));
    expect(calls).toBe(3);
  });

  it('takes the payload as it is now, whatever becomes of it later', async () => {
    const { acceptance, accepted } = bench();
    const payload = { ...eventSample('one') };
    acceptance.add(eventMessage(topics, payload));
    payload.id = 'another';
    await acceptance.done();
    expect(accepted.map(idOf)).toEqual(['one']);
  });

  it('counts what JSON cannot say and goes on', async () => {
    const { acceptance, accepted } = bench();
    acceptance.add(alertMessage(topics, { ...alertSample, value: Number.NaN }));
    acceptance.add(alertMessage(topics, alertSample));
    await acceptance.done();
    expect([acceptance.unserialisable, accepted.map(idOf)]).toEqual([1, ['alert-1']]);
  });

  it('keeps what the disk does not take, says why, and hands it over in order later', async () => {
    const { outbox, acceptance, accepted } = bench();
    const accept = outbox.accept.bind(outbox);
    outbox.accept = async () => {
      throw new Error('no space left on device');
    };
    for (const id of ['a', 'b']) acceptance.add(eventMessage(topics, eventSample(id)));
    await expect.poll(() => acceptance.fault).toBe('no space left on device');
    acceptance.add(eventMessage(topics, eventSample('c')));
    outbox.accept = accept;
    await acceptance.done();
    expect(accepted.map(idOf)).toEqual(['a', 'b', 'c']);
    expect(acceptance.fault).toBeNull();
  });

  it('counts what the disk has not taken, whether it waits, is being written, or had to give way', async () => {
    const { outbox, acceptance } = bench();
    let refuse: ((error: Error) => void) | undefined;
    const accept = outbox.accept.bind(outbox);
    outbox.accept = () =>
      new Promise((_resolve, reject) => {
        refuse = reject;
      });
    for (let i = 0; i < 10; i += 1) acceptance.add(eventMessage(topics, eventSample(`event-${i}`)));
    await expect.poll(() => refuse).toBeDefined();
    expect(acceptance.unwritten).toBe(10);
    for (let i = 10; i < 6_000; i += 1) acceptance.add(eventMessage(topics, eventSample(`event-${i}`)));
    expect(acceptance.unwritten).toBe(6_000);
    outbox.accept = accept;
    refuse?.(new Error('no space left on device'));
    await expect.poll(() => acceptance.fault).not.toBeNull();
    expect(acceptance.unwritten).toBe(6_000);
    await acceptance.done();
    expect(acceptance.unwritten).toBe(0);
  });

  it('lets updates give way first where the disk takes nothing for long, and names them by a gap record', async () => {
    const { outbox, acceptance, accepted } = bench();
    const accept = outbox.accept.bind(outbox);
    outbox.accept = async () => {
      throw new Error('no space left on device');
    };
    acceptance.add(alertMessage(topics, alertSample));
    for (let i = 0; i < 3_000; i += 1) {
      acceptance.add(eventMessage(topics, { ...eventSample(`update-${i}`), type: 'update' }));
      acceptance.add(eventMessage(topics, eventSample(`new-${i}`)));
    }
    await expect.poll(() => acceptance.fault).not.toBeNull();
    outbox.accept = accept;
    await acceptance.done();
    const gap = [...outbox.entries.values()][0];
    expect(gap).toMatchObject({ kind: 'gap', sequence: 1 });
    expect(JSON.parse(gap?.json ?? '')).toEqual({ reason: 'storage', kinds: { update: 1_001 } });
    const others = accepted;
    expect(others.map(idOf).filter((id) => id.startsWith('new-'))).toHaveLength(3_000);
    expect(others.map(idOf)).toContain('alert-1');
    expect(others).toHaveLength(5_000);
  });
});
