import { describe, expect, it } from 'vitest';
import { centreHits, holdsCentre } from '../../src/evaluation/centre-hits.js';

const square = (x: number, y: number, side: number) => ({ x, y, width: side, height: side });

describe('centreHits', () => {
  it('finds a small pest in a large tile that is centred on it', () => {
    expect(centreHits([square(95, 95, 10)], [square(0, 0, 200)])).toEqual({ truthsFound: 1, detectionsInside: 1 });
  });

  it('counts a box found by two detections once, and both detections as inside', () => {
    const hits = centreHits([square(0, 0, 100), square(500, 0, 50)], [square(10, 10, 20), square(40, 40, 20)]);
    expect(hits).toEqual({ truthsFound: 1, detectionsInside: 2 });
  });

  it('counts a detection in two overlapping boxes as one that finds both', () => {
    const hits = centreHits([square(0, 0, 100), square(40, 40, 100)], [square(60, 60, 20)]);
    expect(hits).toEqual({ truthsFound: 2, detectionsInside: 1 });
  });

  it('counts nothing where a detection merely overlaps', () => {
    expect(centreHits([square(0, 0, 100)], [square(60, 0, 100)])).toEqual({ truthsFound: 0, detectionsInside: 0 });
  });

  it('takes the edge of a box as its inside', () => {
    expect(holdsCentre(square(0, 0, 100), square(95, 0, 10))).toBe(true);
    expect(holdsCentre(square(0, 0, 100), square(95.1, 0, 10))).toBe(false);
  });
});
