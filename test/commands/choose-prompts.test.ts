import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choosePrompts, type PromptOptions } from '../../src/commands/choose-prompts.js';
import { DEFAULT_NEGATIVES } from '../../src/prompts/prompt-file.js';

let dir: string;
let mine: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'choose-prompts-'));
  mine = join(dir, 'mine.yaml');
  await writeFile(
    mine,
    'title: Mine\ntemplates: ["{} seen"]\nnegatives: [bare soil]\nnegativeTemplates: ["{}"]\n' +
      'targets:\n  - { id: slug, name: Slug, prompts: [a slug, a slimy thing] }\n',
  );
});

afterAll(() => rm(dir, { recursive: true }));

const choose = (options: Partial<PromptOptions>) =>
  choosePrompts({ negatives: true, ...options }, { warn: () => undefined });

describe('choosePrompts', () => {
  it('looks for what a camera looks for when nothing is said', async () => {
    expect((await choose({})).id).toBe('insects/aphids+insects/beetles-and-weevils+insects/caterpillars');
  });

  it('looks for typed texts beside the targets of a named set, each in its own templates', async () => {
    const set = await choose({ prompts: [mine], prompt: ['a snail'] });
    expect(set.id).toBe('mine+command-line');
    expect(set.targets.map(({ id, prompts }) => [id, prompts])).toEqual([
      ['slug', ['a slug', 'a slimy thing']],
      ['a-snail', ['a snail']],
    ]);
    expect(set.targets[0]?.templates).toEqual(['{} seen']);
    expect(set.targets[1]?.templates).not.toContain('{} seen');
    expect(set.negatives).toEqual(['bare soil', ...DEFAULT_NEGATIVES.filter((text) => text !== 'bare soil')]);
  });

  it('lets only the own negatives compete where the others are switched off', async () => {
    const words = { prompts: [mine], prompt: ['a snail'], negatives: false } as const;
    expect((await choose({ ...words, negative: ['a stone'] })).negatives).toEqual(['a stone']);
    expect((await choose(words)).negatives).toEqual([]);
  });

  it.each([
    ['a prompt of the set, whatever its case', 'A Slimy  thing', '"A Slimy thing"'],
    ['the id of a target of the set', 'slug', '"slug"'],
  ])('refuses %s', async (_what, text, quoted) => {
    await expect(choose({ prompts: [mine], prompt: [text] })).rejects.toMatchObject({
      code: 'USAGE',
      message: `--prompt ${quoted} is looked for already: target "slug" of ${mine}.`,
    });
  });
});
