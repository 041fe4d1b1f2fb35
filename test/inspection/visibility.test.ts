import { describe, expect, it } from 'vitest';
import { tooSmallToShow } from '../../src/inspection/visibility.js';
import type { PromptSet, Target } from '../../src/types.js';

const target = (id: string, lengthMm?: Target['lengthMm']): Target => ({
  id,
  name: id,
  prompts: [id],
  templates: ['{}'],
  beneficial: false,
  lengthMm,
});

const promptSet: PromptSet = {
  id: 's',
  hash: 'h',
  title: '',
  origin: '',
  targets: [target('aphid', { min: 1, max: 3 }), target('moth', { min: 10, max: 20 }), target('leaf-disease')],
  negatives: [],
  negativeTemplates: [],
};
const plan = { scales: [448, 224], overlap: 0.2, wholeFrame: true };

describe('tooSmallToShow', () => {
  it('warns of a target that fills less than a tenth of the finest tile, with its pixels and what to do', () => {
    expect(tooSmallToShow(promptSet, plan, 0.5)).toEqual([
      'aphid: 1 to 3 mm is at most 6 px here, and tiles of 224 px show what has 23 px: ' +
        'move closer, use a macro lens, or add a smaller scale',
    ]);
  });

  it('is quiet where the largest of them can be seen, and about targets of no known length', () => {
    expect(tooSmallToShow(promptSet, plan, 3 / 22.4)).toEqual([]);
    expect(tooSmallToShow(promptSet, { ...plan, scales: [32] }, 0.5)).toEqual([]);
  });
});
