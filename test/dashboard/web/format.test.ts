import { describe, expect, it } from 'vitest';
import { clockTime, confidence, duration, millimetres, percent, plural } from '../../../src/dashboard/web/format.js';

describe('clockTime', () => {
  const noon = Date.UTC(2026, 5, 1, 12);

  it("shows the site's time of day, and the date only where it is another day there", () => {
    expect(clockTime('2026-06-01T09:30:05.000Z', 'Europe/Lisbon', noon)).toBe('10:30:05');
    expect(clockTime('2026-05-31T22:59:59.000Z', 'Europe/Lisbon', noon)).toBe('31 May 23:59:59');
    expect(clockTime('2026-05-31T23:00:00.000Z', 'Europe/Lisbon', noon)).toBe('00:00:00');
  });

  it('shows what is no time as it is', () => {
    expect(clockTime('soon', 'UTC', noon)).toBe('soon');
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0 %'],
    [0.004, '<1 %'],
    [0.126, '13 %'],
    [0.99, '99 %'],
    [0.996, '>99 %'],
    [1, '100 %'],
  ])('writes the score %d as %s', (score, text) => {
    expect(percent(score)).toBe(text);
  });

  it('shows the similarity where there is no score', () => {
    expect(confidence({ score: null, similarity: 0.28765 })).toBe('sim 0.288');
    expect(confidence({ score: 0.5, similarity: 0.2 })).toBe('50 %');
  });

  it.each([
    [640, '640 ms'],
    [1000, '1 s'],
    [1540, '1.5 s'],
    [12_000, '12 s'],
    [60_000, '1 min'],
    [3_660_000, '1 h 1 min'],
    [86_400_000, '24 h 0 min'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('counts in words and measures in millimetres', () => {
    expect([plural(1, 'tile'), plural(2, 'tile')]).toEqual(['1 tile', '2 tiles']);
    expect([millimetres(64, 0.1), millimetres(640, 0.1)]).toEqual(['6.4', '64']);
  });
});
