import { describe, expect, it } from 'vitest';
import { Settlement } from '../../src/uplink/settlement.js';

function bench() {
  const calls: string[] = [];
  const faults: (string | null)[] = [];
  const disk = { isFull: false };
  const note = async (line: string) => {
    if (disk.isFull) throw new Error('disk full');
    calls.push(line);
  };
  let gaveUp = 0;
  let room = 0;
  const settlement = new Settlement(
    {
      delivered: (sequences) => note(`delivered ${sequences}`),
      giveUp: (sequences, reason) => note(`${reason} ${sequences}`),
    },
    (line) => faults.push(line),
    () => {
      gaveUp += 1;
    },
    () => {
      room += 1;
    },
  );
  return { settlement, calls, faults, disk, gaveUp: () => gaveUp, room: () => room };
}

describe('Settlement', () => {
  it('writes answers that came together in one go, by what became of them', async () => {
    const { settlement, calls, gaveUp } = bench();
    for (const sequence of [3, 1, 2]) settlement.delivered(sequence);
    settlement.giveUp(4, 'too-large');
    expect([settlement.has(3), settlement.has(4), settlement.has(5)]).toEqual([true, true, false]);
    await settlement.done();
    expect(calls).toEqual(['delivered 3,1,2', 'too-large 4']);
    expect([settlement.has(3), gaveUp()]).toEqual([false, 1]);
  });

  it('keeps what the disk does not take, says why, and writes it later', async () => {
    const { settlement, calls, faults, disk } = bench();
    disk.isFull = true;
    settlement.delivered(1);
    await expect.poll(() => faults).toEqual(['disk full']);
    settlement.delivered(2);
    disk.isFull = false;
    await settlement.done();
    expect(calls).toEqual(['delivered 1,2']);
    expect(faults.at(-1)).toBeNull();
  });

  it('is full when too much waits for the disk, and says when it is not any more', async () => {
    const { settlement, disk, room } = bench();
    disk.isFull = true;
    for (let sequence = 0; sequence < 10_000; sequence += 1) {
      expect(settlement.isFull).toBe(false);
      settlement.delivered(sequence);
    }
    expect(settlement.isFull).toBe(true);
    expect(room()).toBe(0);
    disk.isFull = false;
    await settlement.done();
    expect([settlement.isFull, room()]).toEqual([false, 1]);
  });
});
