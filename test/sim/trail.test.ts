import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceAfter } from '../../src/sim/itinerary.js';
import { trailThrough } from '../../src/sim/trail.js';
import { visitAt } from '../../src/sim/visits.js';

describe('trailThrough', () => {
  it('measures a straight way exactly and goes on beyond its ends', () => {
    const trail = trailThrough([
      { x: 0, y: 0 },
      { x: 60, y: 80 },
    ]);
    expect(trail.length).toBeCloseTo(100, 9);
    expect(trail.stations).toEqual([0, trail.length]);
    expect(trail.at(50).x).toBeCloseTo(30, 9);
    expect(trail.at(150).y).toBeCloseTo(120, 9);
    expect(trail.at(-50).x).toBeCloseTo(-30, 9);
    expect(trail.headingAt(50)).toBeCloseTo(Math.atan2(80, 60), 9);
  });

  it('passes through every place at its station', () => {
    const place = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(place, { minLength: 2, maxLength: 6, selector: ({ x, y }) => `${x},${y}` }),
        (places) => {
          const trail = trailThrough(places);
          for (const [index, station] of trail.stations.entries()) {
            expect(trail.at(station).x).toBeCloseTo(places[index]?.x ?? Number.NaN, 6);
            expect(trail.at(station).y).toBeCloseTo(places[index]?.y ?? Number.NaN, 6);
          }
        },
      ),
    );
  });

  it('refuses a single place', () => {
    expect(() => trailThrough([{ x: 1, y: 1 }])).toThrow(RangeError);
  });
});

describe('distanceAfter', () => {
  const legs = [
    { walkMs: 1000, restMs: 500 },
    { walkMs: 2000, restMs: 0 },
  ];
  it('walks, rests and walks on', () => {
    const at = (ms: number) => distanceAfter(ms, [0, 10, 40], legs);
    expect([0, 500, 1000, 1400, 2500, 3500, 9999].map(at)).toEqual([0, 5, 10, 10, 25, 40, 40]);
  });
});

describe('visitAt', () => {
  it('counts the turns and is null while away', () => {
    expect(visitAt(0, 100, 60, 30)).toEqual({ turn: 0, elapsedMs: 30 });
    expect(visitAt(30, 100, 60, 30)).toBeNull();
    expect(visitAt(75, 100, 60, 30)).toEqual({ turn: 1, elapsedMs: 5 });
  });
});
