import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/evaluation/model-trial.js';
import { trialAnswer as answer } from './trial-answer.js';

describe('refusalOf', () => {
  it('has nothing against a model that finds less, more, or something else', () => {
    expect(refusalOf(answer('new', [0, 0, 1]), answer('old', [3, 3, 3]))).toBeUndefined();
    expect(refusalOf(answer('new', [9, 9, 9]), answer('old', [0, 0, 0]))).toBeUndefined();
  });

  it('refuses one that is blind where the present one finds something in three pictures', () => {
    expect(refusalOf(answer('new', [0, 0, 0, 0]), answer('old', [1, 0, 2, 1]))).toBe(
      'it finds nothing in 4 pictures, where old finds something in 3',
    );
    expect(refusalOf(answer('new', [0, 0, 0]), answer('old', [1, 0, 2]))).toBeUndefined();
    expect(refusalOf(answer('new', [0, 0, 0]), undefined)).toBeUndefined();
  });

  it('refuses one for which all targets are the same', () => {
    const same = answer('new', [1], { pictures: true, targets: false });
    expect(refusalOf(same, undefined)).toBe('it gives different targets the same embedding');
  });

  it('refuses one for which all pictures are the same, unless they are so for the present one', () => {
    const same = answer('new', [1], { pictures: false, targets: true });
    expect(refusalOf(same, answer('old', [1]))).toBe('it gives different pictures the same embedding');
    expect(refusalOf(same, answer('old', [1], { pictures: false, targets: true }))).toBeUndefined();
  });
});
