import { describe, expect, it } from 'vitest';
import { trialText } from '../../src/commands/trial-text.js';
import { trialAnswer as answer } from '../evaluation/trial-answer.js';

describe('the table of a trial', () => {
  it('has a line a picture, with both models side by side', () => {
    expect(trialText(answer('new', [2, 0]), answer('old', [0, 1]))).toEqual([
      'present  old (0123456789ab), fp32 on cpu',
      'new      new (0123456789ab), fp32 on cpu',
      '',
      'picture                 present              new',
      'bed 0.jpg                     -  2 aphid, 1 mite',
      'bed 1.jpg       1 aphid, 1 mite                -',
      'tiles a second             12.3             12.3',
    ]);
  });

  it('has one column where there is nothing to compare with', () => {
    expect(trialText(answer('new', [2]), undefined).slice(1)).toEqual([
      '',
      'picture                     new',
      'bed 0.jpg       2 aphid, 1 mite',
      'tiles a second             12.3',
    ]);
  });
});
