import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../src/uplink/token-bucket.js';

describe('TokenBucket', () => {
  it('gives a tenth of a second at once, and then no more than its rate', () => {
    let nowMs = 0;
    const bucket = new TokenBucket(50, () => nowMs);
    let taken = 0;
    for (; nowMs <= 2_000; nowMs += 1)
      while (bucket.waitMs() === 0) {
        bucket.take();
        taken += 1;
      }
    expect(taken).toBe(105);
  });

  it('says how long until the next may go, also at a rate below one a second', () => {
    let nowMs = 0;
    const bucket = new TokenBucket(0.5, () => nowMs);
    bucket.take();
    expect(bucket.waitMs()).toBe(2_000);
    nowMs = 2_000;
    expect(bucket.waitMs()).toBe(0);
  });
});
