import { describe, expect, it } from 'vitest';
import { nodeInfo } from '../../../src/dashboard/node-info.js';
import { emptyState, type PageState, reduce, withLink, withNode } from '../../../src/dashboard/web/state.js';
import { alert, aphid, detections, facts } from '../payloads.js';

const NOW = Date.UTC(2026, 5, 1, 10);
const start = withNode(emptyState(NOW), nodeInfo(facts, { detections: [], alerts: [] }), NOW);

const see = (state: PageState, ...payloads: ReturnType<typeof detections>[]) =>
  payloads.reduce((next, payload) => reduce(next, { kind: 'detections', camera: 'leaf', payload }, NOW), state);

const say = (state: PageState, ...payloads: ReturnType<typeof alert>[]) =>
  payloads.reduce((next, payload) => reduce(next, { kind: 'alert', camera: '', payload }, NOW), state);

describe('detections', () => {
  it('count the frames in a row in which nothing was found', () => {
    const empty = see(start, detections('a', [aphid]), detections('b', []), detections('c', []));
    expect(empty.cameras.leaf?.emptyFrames).toBe(2);
    expect(see(empty, detections('d', [aphid])).cameras.leaf?.emptyFrames).toBe(0);
  });

  it('that come a second time change nothing', () => {
    const once = see(start, detections('a', []));
    expect(see(once, detections('a', []))).toBe(once);
  });

  it('that were made before the page was opened stand in it, once', () => {
    const node = nodeInfo(facts, { detections: [detections('a', [aphid])], alerts: [] });
    const opened = withNode(emptyState(NOW), node, NOW);
    expect(opened.cameras.leaf?.newest?.frame.id).toBe('a');
    const again = withNode(opened, node, NOW);
    expect(again.feed).toEqual(opened.feed);
    expect(again.feed).toHaveLength(1);
  });

  it('of a camera that the node no longer has are left out', () => {
    const payload = { ...detections('a', [aphid]), camera: 'gone' };
    const opened = withNode(start, nodeInfo(facts, { detections: [payload], alerts: [] }), NOW);
    expect(Object.keys(opened.cameras)).toEqual(['leaf']);
  });
});

describe('alerts', () => {
  it('stand until they are cleared, and then are told of as cleared', () => {
    const raised = say(start, alert('raised', { id: '1' }), alert('raised', { id: '2', camera: 'trap' }));
    expect(raised.raised.map(({ id }) => id)).toEqual(['1', '2']);
    const cleared = say(raised, alert('cleared', { id: '3' }));
    expect(cleared.raised.map(({ id }) => id)).toEqual(['2']);
    expect(cleared.cleared.map(({ id }) => id)).toEqual(['3']);
  });

  it('raised again stand once, with the newest numbers', () => {
    const twice = say(start, alert('raised', { id: '1' }), alert('raised', { id: '2', value: 20 }));
    expect(twice.raised.map(({ id, value }) => [id, value])).toEqual([['2', 20]]);
  });

  it('keep the last three cleared ones', () => {
    const rules = ['a', 'b', 'c', 'd'];
    const cleared = say(start, ...rules.map((rule) => alert('cleared', { id: rule, rule })));
    expect(cleared.cleared.map(({ rule }) => rule)).toEqual(['d', 'c', 'b']);
  });

  it('that the node no longer names after a reconnect are gone', () => {
    const raised = say(start, alert('raised'));
    expect(withNode(raised, nodeInfo(facts, { detections: [], alerts: [] }), NOW).raised).toEqual([]);
  });
});

describe('the connection', () => {
  it('keeps the time since which it has been as it is', () => {
    const lost = withLink(withLink(start, 'reconnecting', NOW + 1), 'reconnecting', NOW + 2);
    expect(lost.link).toEqual({ state: 'reconnecting', sinceMs: NOW + 1 });
  });

  it("takes the browser's time for the will, which carries none", () => {
    const payload = { schema: 1, state: 'offline', at: null, version: '0.1.0' } as const;
    const gone = reduce(start, { kind: 'status', camera: '', payload }, NOW + 5);
    expect(gone.nodeStatus).toEqual({ state: 'offline', sinceMs: NOW + 5 });
  });
});
