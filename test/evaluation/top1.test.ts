import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusionTable, nearestTarget } from '../../src/evaluation/top1.js';
import { embeddedTarget } from './embedded.js';

const targets = [embeddedTarget('aphid', [1, 0]), embeddedTarget('mite', [0, 1])];

describe('nearestTarget', () => {
  it('is the target with the highest cosine', () => {
    expect(nearestTarget(Float32Array.of(0.6, 0.8), targets)).toBe('mite');
    expect(nearestTarget(Float32Array.of(0.8, 0.6), targets)).toBe('aphid');
    expect(nearestTarget(Float32Array.of(-0.6, -0.8), targets)).toBe('aphid');
  });

  it('refuses an empty set', () => {
    expect(() => nearestTarget(Float32Array.of(1, 0), [])).toThrow('no target to choose from');
  });
});

describe('confusionTable', () => {
  it('counts each pair once, the most frequent first within a target', () => {
    const pairs = [
      { truth: 'aphid', predicted: 'mite' },
      { truth: 'mite', predicted: 'mite' },
      { truth: 'aphid', predicted: 'aphid' },
      { truth: 'aphid', predicted: 'aphid' },
    ];
    expect(confusionTable(pairs)).toEqual([
      { truth: 'aphid', predicted: 'aphid', cases: 2 },
      { truth: 'aphid', predicted: 'mite', cases: 1 },
      { truth: 'mite', predicted: 'mite', cases: 1 },
    ]);
  });

  it('holds every case exactly once', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.record({ truth: name, predicted: name })), (pairs) => {
        const table = confusionTable(pairs);
        expect(table.reduce((sum, { cases }) => sum + cases, 0)).toBe(pairs.length);
        expect(new Set(table.map(({ truth, predicted }) => `${truth} ${predicted}`)).size).toBe(table.length);
      }),
    );
  });
});
