import { describe, expect, it } from 'vitest';
import { addDetections, addEvent, type Feed } from '../../../src/dashboard/web/feed.js';
import { aphid, detections, event, ladyBeetle } from '../payloads.js';

const at = (second: number) => ({ capturedAt: new Date(Date.UTC(2026, 5, 1, 9, 0, second)).toISOString() });

describe('addDetections', () => {
  it('makes one line of a target that stays, with its best score and the number in the newest frame', () => {
    const better = { ...aphid, score: 0.97, similarity: 0.31 };
    const first = addDetections([], detections('a', [aphid, better], at(0)), 1000);
    const second = addDetections(first, detections('b', [aphid], at(1)), 1000);
    expect(second).toEqual([
      {
        kind: 'seen',
        key: 'leaf aphid a',
        camera: 'leaf',
        target: 'aphid',
        firstAt: '2026-06-01T09:00:00.000Z',
        lastAt: '2026-06-01T09:00:01.000Z',
        frames: 2,
        inFrame: 1,
        score: 0.97,
        similarity: 0.31,
      },
    ]);
  });

  it('begins a new line when the target was away for long, and for another target', () => {
    const early = addDetections([], detections('a', [aphid], at(0)), 1000);
    const still = addDetections(early, detections('b', [aphid], at(10)), 1000);
    const late = addDetections(still, detections('c', [aphid, ladyBeetle], at(21)), 1000);
    expect(late.map(({ key }) => key)).toEqual(['leaf lady-beetle c', 'leaf aphid c', 'leaf aphid a']);
  });

  it('bridges three frames of a slow camera', () => {
    const early = addDetections([], detections('a', [aphid], at(0)), 20_000);
    expect(addDetections(early, detections('b', [aphid], at(60)), 20_000)).toHaveLength(1);
    expect(addDetections(early, detections('b', [aphid], at(61)), 20_000)).toHaveLength(2);
  });

  it('ranks by similarity where there is no score', () => {
    const weak = { ...aphid, score: null, similarity: 0.2 };
    const strong = { ...aphid, score: null, similarity: 0.3 };
    const [line] = addDetections([], detections('a', [weak, strong], at(0)), 1000);
    expect(line).toMatchObject({ score: null, similarity: 0.3 });
  });

  it('keeps the newest sixty lines', () => {
    const targets = Array.from({ length: 70 }, (_, index) => ({ ...aphid, target: `t${index}` }));
    const feed = addDetections([], detections('a', targets, at(0)), 1000);
    expect(feed.map(({ target }) => target)).toEqual(Array.from({ length: 60 }, (_, index) => `t${69 - index}`));
  });
});

describe('addEvent', () => {
  it('shows a track that began and one that ended, each once though the message comes twice', () => {
    const events = [event('1', 'new'), event('1', 'new'), event('2', 'update'), event('3', 'end')];
    const feed = events.reduce<Feed>((lines, payload) => addEvent(lines, payload), []);
    expect(feed.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['end 3', 'new 1']);
    expect(feed[0]).toMatchObject({ lastedMs: 12_000, hits: 9, score: 0.93, similarity: 0.2914 });
  });
});
