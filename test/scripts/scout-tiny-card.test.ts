import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cardWith, type EvaluationReport } from '../../scripts/scout-tiny/card.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { bundledModels } from '../../src/paths.js';

const dir = join(bundledModels, 'scout-tiny');
const read = async <Content>(name: string) => JSON.parse(await readFile(join(dir, name), 'utf8')) as Content;

describe('the report on the embedded model', () => {
  it('was made of the model that is here, and the card says what it says', async () => {
    const report = await read<EvaluationReport>('evaluation.json');
    const { ref, calibration } = await openModelFolder(dir, { searchDirs: [] });
    expect(report.model).toEqual(ref);
    expect(report.calibration).toEqual(await read('calibration.json'));
    expect(report.calibration.logitScale).toBe(calibration.logitScale);
    const card = await readFile(join(dir, 'MODEL_CARD.md'), 'utf8');
    expect(cardWith(card, report)).toBe(card);
  });

  it('has the cases that its figures need', async () => {
    const { photographs, attributes, withoutPests, calibration } = await read<EvaluationReport>('evaluation.json');
    expect(photographs.cases).toBeGreaterThanOrEqual(100);
    expect(attributes.seen.cases).toBeGreaterThanOrEqual(200);
    expect(attributes.heldOut.cases).toBeGreaterThanOrEqual(30);
    expect(withoutPests.tagged.frames + withoutPests.untagged.frames).toBe(500);
    expect(calibration.measured.all.cases).toBeGreaterThanOrEqual(2000);
  });

  it('refuses a card without marks', async () => {
    const report = await read<EvaluationReport>('evaluation.json');
    expect(() => cardWith('# A card', report)).toThrow('has no lines');
  });
});
