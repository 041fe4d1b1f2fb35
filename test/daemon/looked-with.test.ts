import { describe, expect, it } from 'vitest';
import { changedSince, lookedWith } from '../../src/daemon/looked-with.js';
import type { Fingerprint } from '../../src/types.js';

const fingerprint: Fingerprint = {
  model: { id: 'scout', sha256: 'a1' },
  promptSet: { id: 'aphids', hash: 'b2' },
  calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
  provider: 'cpu',
};
const before = lookedWith(fingerprint);

describe('changedSince', () => {
  it('has nothing to say at the first start, nor where only the provider is another', () => {
    expect(changedSince(undefined, before)).toBeUndefined();
    expect(changedSince(before, lookedWith({ ...fingerprint, provider: 'cuda' }))).toBeUndefined();
  });

  it.each([
    ['model', { model: { id: 'scout', sha256: 'a2' } }],
    ['prompt set', { promptSet: { id: 'aphids', hash: 'b3' } }],
    ['calibration', { calibration: { ...fingerprint.calibration, logitScale: 50 } }],
  ])('names another %s', (name, change) => {
    expect(changedSince(before, lookedWith({ ...fingerprint, ...change }))).toBe(
      `another ${name} than before the restart: scores are not to be compared`,
    );
  });

  it('names all that changed', () => {
    const now = lookedWith({ ...fingerprint, model: { id: 'b', sha256: 'x' }, promptSet: { id: 'c', hash: 'y' } });
    expect(changedSince(before, now)).toMatch(/^another model, prompt set than/);
  });
});
