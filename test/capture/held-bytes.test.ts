import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeldBytes } from '../../src/capture/held-bytes.js';

it('holds what was put and not left, in its order', () => {
  const step = fc.record({
    put: fc.uint8Array({ maxLength: 90_000 }),
    leaveShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const held = new HeldBytes();
      let expected = Buffer.alloc(0);
      for (const { put, leaveShare } of steps) {
        held.put(put);
        expected = Buffer.concat([expected, put]);
        const left = Math.floor(leaveShare * expected.length);
        held.leave(left);
        expected = expected.subarray(left);
        expect(held.view.equals(expected)).toBe(true);
      }
      held.leaveAll();
      expect(held.view).toHaveLength(0);
    }),
    { seed: 5, numRuns: 60 },
  );
});
