import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeInfo } from '../../../src/dashboard/node-info.js';
import { type Kind, readMessage, topicsOf } from '../../../src/dashboard/web/messages.js';
import { alert, aphid, counts, detections, event, facts, health, ladyBeetle } from '../payloads.js';

const payloads: Readonly<Record<Kind, object>> = {
  status: { schema: 1, state: 'offline', at: null, version: '0.1.0' },
  health: health(['warm']),
  alert: alert('raised'),
  detections: detections('a', [aphid, { ...ladyBeetle, score: null }]),
  event: event('1', 'new'),
  counts: counts([{ target: 'aphid', now: 1, hour: 2, day: 3 }]),
  cameraStatus: { schema: 1, state: 'online', since: '2026-06-01T09:00:00.000Z', reason: null },
};
const kinds = Object.entries(payloads) as [Kind, object][];

describe('topicsOf', () => {
  it('listens to the node and to each of its cameras', () => {
    const topics = topicsOf(nodeInfo(facts, { detections: [], alerts: [] }));
    expect(Object.fromEntries(topics)).toEqual({
      'fieldscout/farm/scout/status': { kind: 'status', camera: '' },
      'fieldscout/farm/scout/health': { kind: 'health', camera: '' },
      'fieldscout/farm/scout/alerts': { kind: 'alert', camera: '' },
      'fieldscout/farm/scout/cameras/leaf/detections': { kind: 'detections', camera: 'leaf' },
      'fieldscout/farm/scout/cameras/leaf/events': { kind: 'event', camera: 'leaf' },
      'fieldscout/farm/scout/cameras/leaf/counts': { kind: 'counts', camera: 'leaf' },
      'fieldscout/farm/scout/cameras/leaf/status': { kind: 'cameraStatus', camera: 'leaf' },
    });
  });
});

describe('readMessage', () => {
  it.each(kinds)('reads %s, with fields that it does not know', (kind, payload) => {
    const sent = { ...payload, addedLater: true };
    expect(readMessage({ kind, camera: 'leaf' }, JSON.stringify(sent))).toEqual({
      kind,
      camera: 'leaf',
      payload: sent,
    });
  });

  it.each(kinds)('reads no %s of another schema version', (kind, payload) => {
    expect(readMessage({ kind, camera: 'leaf' }, JSON.stringify({ ...payload, schema: 2 }))).toBeNull();
  });

  it.each([
    ['{', 'is no JSON'],
    ['is nothing', 'null'],
    ['is a list', '[]'],
    ['has a text for a score', JSON.stringify({ ...payloads.detections, detections: [{ ...aphid, score: 'high' }] })],
    ['has no list', JSON.stringify({ ...payloads.detections, detections: {} })],
    ['lacks the size of the frame', JSON.stringify({ ...payloads.detections, frame: { id: 'a' } })],
    ['has null for a number', JSON.stringify({ ...payloads.detections, tiles: null })],
  ])('reads no detections from what %s', (_, text) => {
    expect(readMessage({ kind: 'detections', camera: 'leaf' }, text)).toBeNull();
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds.map(([kind]) => kind)), fc.oneof(fc.string(), fc.json()), (kind, text) => {
        expect(readMessage({ kind, camera: 'leaf' }, text)).toBeNull();
      }),
    );
  });
});
