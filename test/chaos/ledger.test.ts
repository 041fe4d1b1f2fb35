import { describe, expect, it } from 'vitest';
import { type Arrival, judge } from './ledger.js';

const arrival = (sequence: number, more: Partial<Arrival> = {}): Arrival => ({
  id: `id-${sequence}`,
  sequence,
  lane: 'live',
  camera: 'bed',
  digest: 'same',
  ...more,
});
const accepted = (...sequences: number[]) => new Map(sequences.map((sequence) => [sequence, `id-${sequence}`]));

describe('the ledger of a chaos run', () => {
  it('finds what never came', () => {
    const verdict = judge(accepted(1, 2, 3), [arrival(1), arrival(3)]);
    expect(verdict).toMatchObject({ accepted: 3, delivered: 2, lost: 1, lostSequences: [2], outOfOrder: 0 });
  });

  it('counts copies of an id apart from copies that say something else', () => {
    const again = [arrival(1), arrival(1, { lane: 'historical' }), arrival(1, { digest: 'other' })];
    expect(judge(accepted(1), again)).toMatchObject({ lost: 0, duplicated: 2, conflicting: 1, outOfOrder: 0 });
  });

  it('asks for the order of first deliveries by camera and lane only', () => {
    const fine = [arrival(5), arrival(1, { lane: 'historical' }), arrival(2, { camera: 'yard' }), arrival(6)];
    expect(judge(accepted(1, 2, 5, 6), fine).outOfOrder).toBe(0);
    expect(judge(accepted(1, 2, 3), [arrival(3), arrival(1), arrival(2)]).outOfOrder).toBe(2);
    expect(judge(accepted(1, 2), [arrival(2), arrival(1), arrival(2)])).toMatchObject({ outOfOrder: 1, duplicated: 1 });
  });

  it('does not take what nobody accepted', () => {
    expect(judge(accepted(1), [arrival(1), arrival(2)]).unaccepted).toBe(1);
    expect(judge(accepted(1), [arrival(1, { id: 'stranger' })])).toMatchObject({ unaccepted: 1, lost: 1 });
  });
});
