import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_NEGATIVES, DEFAULT_TEMPLATES, promptFileSchema } from '../../src/prompts/prompt-file.js';
import {
  adHocPromptSet,
  combinePromptSets,
  fillTemplate,
  promptSetOf,
  promptWarnings,
  slug,
  withModelNegatives,
  withNegatives,
} from '../../src/prompts/prompt-set.js';
import type { PromptSet } from '../../src/types.js';
import { parseYaml } from '../../src/yaml-file.js';

const setOf = (id: string, yaml: string): PromptSet =>
  promptSetOf(id, `${id}.yaml`, parseYaml(yaml, `${id}.yaml`, promptFileSchema, 'PROMPTS_INVALID'));

const insects = `
title: Insects
templates: ["a photo of {}, an insect.", "a macro photo of {}."]
negatives: [bare soil, a flower]
negativeTemplates: ["a photo of {}."]
targets:
  - { id: aphid, name: Aphid, prompts: [an aphid, aphids] }
  - { id: moth, name: Moth, prompts: [a moth] }
`;

describe('the content hash', () => {
  it('is a SHA-256 that stays the same when keys, targets and texts change their places', () => {
    const moved = `
targets:
  - { prompts: [a moth], name: Moth, id: moth }
  - { id: aphid, prompts: [aphids, an aphid], name: Aphid }
negativeTemplates: ["a photo of {}."]
negatives: [a flower, bare soil]
title: Insects
templates: ["a macro photo of {}.", "a photo of {}, an insect."]
`;
    expect(setOf('a', moved).hash).toBe(setOf('a', insects).hash);
    expect(setOf('a', insects).hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not speak of what is not embedded: title, name, codes', () => {
    const renamed = insects
      .replace('title: Insects', 'title: Pests')
      .replace('name: Aphid', 'name: Louse, eppo: 1APHIF');
    expect(setOf('a', renamed).hash).toBe(setOf('a', insects).hash);
  });

  it.each([
    ['a prompt', 'a moth', 'a white moth'],
    ['a target id', 'id: moth', 'id: night-moth'],
    ['a negative', 'bare soil', 'wet soil'],
    ['a template', 'a macro photo', 'a photo'],
    ['a negative template', '["a photo of {}."]', '["{}"]'],
  ])('changes with %s', (_, before, after) => {
    expect(setOf('a', insects.replace(before, after)).hash).not.toBe(setOf('a', insects).hash);
  });
});

describe('combinePromptSets', () => {
  const plants = `
title: Plants
templates: ["{} in a field."]
negatives: [bare soil, blue sky]
negativeTemplates: ["a photo of {}.", "{}"]
targets:
  - { id: flower, name: Flower, prompts: [A flower] }
`;

  it('gives back a single set as it is', () => {
    const set = setOf('insects', insects);
    expect(combinePromptSets([set])).toBe(set);
  });

  it('unites negatives, leaves each target its own templates, and makes no target its own negative', () => {
    const combined = combinePromptSets([setOf('insects', insects), setOf('plants', plants)]);
    expect(combined).toMatchObject({
      id: 'insects+plants',
      title: 'Insects + Plants',
      origin: 'insects.yaml, plants.yaml',
      negatives: ['bare soil', 'blue sky'],
      negativeTemplates: ['a photo of {}.', '{}'],
    });
    expect(combined.targets.map(({ id, templates }) => [id, templates])).toEqual([
      ['aphid', ['a photo of {}, an insect.', 'a macro photo of {}.']],
      ['moth', ['a photo of {}, an insect.', 'a macro photo of {}.']],
      ['flower', ['{} in a field.']],
    ]);
  });

  it('has the same hash whichever set is named first', () => {
    const a = setOf('insects', insects);
    const b = setOf('plants', plants);
    expect(combinePromptSets([a, b]).hash).toBe(combinePromptSets([b, a]).hash);
    expect(combinePromptSets([a, b]).hash).not.toBe(a.hash);
  });

  it('refuses one target id in two sets and names both files', () => {
    const other = setOf('mine', 'title: M\ntargets:\n  - { id: moth, name: M, prompts: [a hawk moth] }\n');
    expect(() => combinePromptSets([setOf('insects', insects), other])).toThrow(
      'Target "moth" is in insects.yaml and in mine.yaml.',
    );
  });

  it('refuses to look for nothing', () => {
    expect(() => combinePromptSets([])).toThrow('No prompt set was named.');
  });
});

describe('adHocPromptSet', () => {
  it('makes a target of each prompt, with default templates and negatives', () => {
    const set = adHocPromptSet({ prompts: ['a green aphid', 'a moth'], useNegatives: true });
    expect(set.id).toBe('command-line');
    expect(set.targets).toEqual([
      {
        id: 'a-green-aphid',
        name: 'a green aphid',
        prompts: ['a green aphid'],
        templates: DEFAULT_TEMPLATES,
        beneficial: false,
      },
      { id: 'a-moth', name: 'a moth', prompts: ['a moth'], templates: DEFAULT_TEMPLATES, beneficial: false },
    ]);
    expect(set.negatives).toEqual(DEFAULT_NEGATIVES);
  });

  it('lets negatives of the person join the default ones, or stand alone', () => {
    const words = { prompts: ['a moth'], negatives: ['a twig', 'bare soil'] };
    expect(adHocPromptSet({ ...words, useNegatives: true }).negatives).toEqual([...DEFAULT_NEGATIVES, 'a twig']);
    expect(adHocPromptSet({ ...words, useNegatives: false }).negatives).toEqual(['a twig', 'bare soil']);
    expect(adHocPromptSet({ prompts: ['a moth'], useNegatives: false }).negatives).toEqual([]);
  });

  it('takes it out of a file without negatives too', () => {
    const file = { title: 'Soil', targets: [{ id: 'soil', name: 'Soil', prompts: ['Bare soil'] }] };
    const { negatives } = promptSetOf('soil', 'soil.yaml', promptFileSchema.parse(file));
    expect(negatives).toEqual(DEFAULT_NEGATIVES.filter((text) => text !== 'bare soil'));
  });

  it('takes out the default negative that a prompt asks for', () => {
    const { negatives } = adHocPromptSet({ prompts: ['Bare soil'], useNegatives: true });
    expect(negatives).toEqual(DEFAULT_NEGATIVES.filter((text) => text !== 'bare soil'));
  });

  it('numbers ids that would be the same and drops a text given twice', () => {
    const ids = adHocPromptSet({ prompts: ['A bug', 'a bug!', 'a bug', 'a bug'], useNegatives: true }).targets.map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['a-bug', 'a-bug-2', 'a-bug-3']);
  });

  it.each([
    ['an empty prompt', { prompts: [' '], useNegatives: true }, '--prompt " ": an empty text.'],
    [
      'a negative with a gap',
      { prompts: ['a'], negatives: ['{}'], useNegatives: true },
      '--negative "{}": "{}" belongs into templates, not here.',
    ],
    ['no prompt', { prompts: [], useNegatives: true }, 'There is no prompt.'],
  ])('refuses %s', (_, words, message) => {
    expect(() => adHocPromptSet(words)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
  });

  it('gives each of any prompts an id that a file could hold, all different', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.string({ unit: 'grapheme', minLength: 1 }).filter((t) => /^\S+$/.test(t) && !t.includes('{}')),
          { minLength: 1, maxLength: 8 },
        ),
        (prompts) => {
          const { targets } = adHocPromptSet({ prompts, useNegatives: true });
          expect(targets).toHaveLength(prompts.length);
          expect(new Set(targets.map(({ id }) => id)).size).toBe(prompts.length);
          for (const { id } of targets) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        },
      ),
    );
  });
});

describe('slug', () => {
  it.each([
    ['A green aphid, on a leaf!', 'a-green-aphid-on-a-leaf'],
    ['  Käfer & Wänze ', 'kafer-wanze'],
    ['x'.repeat(60), 'x'.repeat(48)],
    ['蚜虫', 'text-b5742b11'],
  ])('%s', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });

  it('leaves a slug as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(slug(slug(text))).toBe(slug(text));
      }),
    );
  });
});

describe('fillTemplate', () => {
  it('takes "$&" in a prompt for what it is', () => {
    expect(fillTemplate('a photo of {}.', 'a $& bug')).toBe('a photo of a $& bug.');
  });
});

describe('promptWarnings', () => {
  it.each(['a leaf without insects', 'no insects', 'a pest-free leaf', 'a leaf that has not been eaten'])(
    'warns of "%s"',
    (text) => {
      const set = adHocPromptSet({ prompts: [text], useNegatives: true });
      expect(promptWarnings(set)).toEqual([
        `the command line: target "${slug(text)}": "${text}" says what is not there, which CLIP overlooks. ` +
          'Describe what is seen instead, and put backgrounds under negatives.',
      ]);
    },
  );

  it.each(['a nocturnal moth', 'a knotted stem', 'a free bee', 'a notch in a leaf'])('is silent about "%s"', (text) => {
    expect(promptWarnings(adHocPromptSet({ prompts: [text], useNegatives: true }))).toEqual([]);
  });
});

describe('withModelNegatives', () => {
  const set = setOf('insects', insects);

  it('lets the background prompts of a model compete too, and its hash tells', () => {
    const joined = withModelNegatives(set, ['a part of an insect', 'bare soil']);
    expect(joined.negatives).toEqual(['bare soil', 'a flower', 'a part of an insect']);
    expect(joined.hash).not.toBe(set.hash);
    expect(withModelNegatives(set, [])).toBe(set);
  });

  it('never makes a negative of what is looked for, and leaves a set whose negatives are switched off alone', () => {
    expect(withModelNegatives(set, ['A moth', 'a leaf']).negatives).toEqual(['bare soil', 'a flower', 'a leaf']);
    const alone = withNegatives(set, []);
    expect(withModelNegatives(alone, ['a leaf'])).toBe(alone);
  });
});
