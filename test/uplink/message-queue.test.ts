import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedMessage } from '../../src/uplink/message.js';
import { MemoryQueue } from '../../src/uplink/message-queue.js';

function message(text: string, keep: 'all' | 'latest' = 'all', topic = 'events'): EncodedMessage {
  return { topic, qos: 1, retain: keep === 'latest', keep, body: Buffer.from(text) };
}

const texts = (messages: readonly EncodedMessage[]) => messages.map(({ body }) => String(body));

function drain(queue: MemoryQueue): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next; next = queue.take()) {
    taken.push(String(next.message.body));
    queue.remove(next.ticket);
  }
  return taken;
}

describe('MemoryQueue', () => {
  it('gives messages in the order in which they came', () => {
    const queue = new MemoryQueue(10);
    for (const text of ['a', 'b', 'c']) queue.add(message(text));
    expect(drain(queue)).toEqual(['a', 'b', 'c']);
    expect(queue.size).toBe(0);
  });

  it('lets the oldest waiting message give way when it is full, and tells which', () => {
    const queue = new MemoryQueue(2);
    queue.add(message('a'));
    queue.add(message('b'));
    expect(texts(queue.add(message('c')))).toEqual(['a']);
    expect(drain(queue)).toEqual(['b', 'c']);
  });

  it('never lets a message give way that is on its way', () => {
    const queue = new MemoryQueue(2);
    queue.add(message('a'));
    queue.take();
    queue.add(message('b'));
    expect(texts(queue.add(message('c')))).toEqual(['b']);
    queue.retry();
    expect(drain(queue)).toEqual(['a', 'c']);
  });

  it('keeps the latest alone of a topic that wants it so, at its new place', () => {
    const queue = new MemoryQueue(10);
    queue.add(message('count 1', 'latest', 'counts'));
    queue.add(message('event'));
    expect(queue.add(message('count 2', 'latest', 'counts'))).toEqual([]);
    expect(drain(queue)).toEqual(['event', 'count 2']);
  });

  it('does not send again what was overtaken while it was on its way', () => {
    const queue = new MemoryQueue(10);
    queue.add(message('count 1', 'latest', 'counts'));
    queue.add(message('event'));
    queue.take();
    queue.take();
    queue.add(message('count 2', 'latest', 'counts'));
    queue.retry();
    expect(drain(queue)).toEqual(['event', 'count 2']);
  });

  it('knows the topics that it holds, on their way or waiting', () => {
    const queue = new MemoryQueue(10);
    queue.add(message('1', 'latest', 'counts'));
    const taken = queue.take();
    expect(queue.holds('counts')).toBe(true);
    queue.remove(taken?.ticket ?? 0);
    expect(queue.holds('counts')).toBe(false);
  });

  it('loses nothing and keeps the order, however connections come and go', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const) }),
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('acknowledge' as const) }),
      fc.record({ do: fc.constant('retry' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (steps, capacity) => {
        const queue = new MemoryQueue(capacity);
        const settled: number[] = [];
        const gaveWay: number[] = [];
        let onTheirWay: { ticket: number; value: number }[] = [];
        let added = 0;
        for (const { do: action } of steps) {
          if (action === 'add') {
            const given = queue.add(message(String(added)));
            gaveWay.push(...texts(given).map(Number));
            added += 1;
          } else if (action === 'take') {
            const next = queue.take();
            if (next) onTheirWay.push({ ticket: next.ticket, value: Number(String(next.message.body)) });
          } else if (action === 'acknowledge') {
            const first = onTheirWay.shift();
            if (first) {
              queue.remove(first.ticket);
              settled.push(first.value);
            }
          } else {
            queue.retry();
            onTheirWay = [];
          }
          expect(queue.size).toBeLessThanOrEqual(Math.max(capacity, onTheirWay.length + 1));
          expect(queue.inFlight).toBe(onTheirWay.length);
        }
        queue.retry();
        settled.push(...drain(queue).map(Number));
        expect(settled).toEqual([...settled].sort((a, b) => a - b));
        expect([...settled, ...gaveWay].sort((a, b) => a - b)).toEqual(Array.from({ length: added }, (_, i) => i));
      }),
    );
  });
});
