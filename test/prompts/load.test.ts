import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { bundledPrompts } from '../../src/paths.js';
import { findPromptSet, listPromptSets, loadPromptSet, loadPromptSets } from '../../src/prompts/load.js';
import { promptFileSchema } from '../../src/prompts/prompt-file.js';
import { combinePromptSets, promptWarnings } from '../../src/prompts/prompt-set.js';
import { parseYaml } from '../../src/yaml-file.js';

const bundled = { promptsDirs: [bundledPrompts] };
const aphid = 'title: Aphids\ntargets:\n  - id: aphid\n    name: Aphid\n    prompts:\n      - an aphid\n';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prompts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

async function errorOf(promise: Promise<unknown>): Promise<FieldscoutError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FieldscoutError)) throw new Error(`expected a FieldscoutError, got ${String(error)}`);
  return error;
}

describe('the bundled prompt sets', () => {
  it('hold the insects and plants that a farm asks for first', async () => {
    expect((await listPromptSets(bundled)).map(({ id }) => id)).toEqual([
      'insects/aphids',
      'insects/beetles-and-weevils',
      'insects/beneficials',
      'insects/bugs-and-hoppers',
      'insects/caterpillars',
      'insects/grasshoppers-and-crickets',
      'insects/mealybugs-and-scales',
      'insects/mites',
      'insects/moths',
      'insects/termites',
      'insects/thrips',
      'insects/whiteflies',
      'plants/flowering',
      'plants/leaf-disease',
      'plants/weeds',
    ]);
  });

  it('are all valid, free of warnings, and combine without a clash of target ids', async () => {
    const ids = (await listPromptSets(bundled)).map(({ id }) => id);
    const sets = await Promise.all(ids.map((id) => loadPromptSet(id, bundled)));
    expect(sets.flatMap(promptWarnings)).toEqual([]);
    expect(sets.filter(({ negatives }) => negatives.length < 5).map(({ id }) => id)).toEqual([]);
    expect(
      sets.flatMap((set) => set.targets).filter(({ prompts }) => prompts.length < 2 || prompts.length > 6),
    ).toEqual([]);
    expect(combinePromptSets(sets).targets).toHaveLength(30);
  });

  it('mark pollinators and predators as beneficial, and nothing else', async () => {
    const ids = (await listPromptSets(bundled)).map(({ id }) => id);
    const targets = (await loadPromptSets(ids, bundled)).targets;
    expect(targets.filter(({ beneficial }) => beneficial).map(({ id }) => id)).toEqual([
      'bee',
      'ladybird',
      'lacewing',
      'hoverfly',
      'spider',
    ]);
  });

  it('name aphids by the codes of EPPO and GBIF', async () => {
    const [target] = (await loadPromptSet('insects/aphids', bundled)).targets;
    expect(target).toMatchObject({ id: 'aphid', eppo: '1APHIF', gbif: 3042, lengthMm: { min: 1, max: 4 } });
  });
});

describe('loadPromptSet', () => {
  it('takes a path outside the prompt folders, with the file name as id', async () => {
    const set = await loadPromptSet(await write('my-pests.yaml', aphid), bundled);
    expect(set).toMatchObject({ id: 'my-pests', title: 'Aphids', origin: join(dir, 'my-pests.yaml') });
    expect(set.targets[0]?.templates).toContain('a photo of {}.');
  });

  it('gives a path inside a prompt folder the id that it has there', async () => {
    const byPath = await loadPromptSet(join(bundledPrompts, 'insects/aphids.yaml'), bundled);
    expect(byPath).toEqual(await loadPromptSet('insects/aphids', bundled));
  });

  it('prefers the earlier folder where two hold one id', async () => {
    await mkdir(join(dir, 'insects'));
    await write('insects/aphids.yaml', aphid);
    const places = { promptsDirs: [dir, bundledPrompts] };
    expect(await findPromptSet('insects/aphids', places)).toEqual({
      id: 'insects/aphids',
      path: join(dir, 'insects/aphids.yaml'),
    });
    expect((await listPromptSets(places)).find(({ id }) => id === 'insects/aphids')?.path).toBe(
      join(dir, 'insects/aphids.yaml'),
    );
  });

  it('names the known sets where an id is unknown', async () => {
    await write('only.yaml', aphid);
    expect((await errorOf(loadPromptSet('insects/aphid', { promptsDirs: [dir] }))).line).toBe(
      'There is no prompt set "insects/aphid". Known sets: only. A file of your own is named by its path, ending in .yaml. [PROMPTS_UNREADABLE]',
    );
  });

  it('does not leave the prompt folders through an id', async () => {
    expect((await errorOf(loadPromptSet('insects/../../secrets', bundled))).message).toBe(
      'There is no prompt set "insects/../../secrets".',
    );
  });

  it('names a file that is not there, and a folder of sets that is not there', async () => {
    const missing = join(dir, 'none.yaml');
    expect((await errorOf(loadPromptSet(missing, bundled))).message).toBe(
      `${missing} cannot be read (there is no such file or folder).`,
    );
    expect((await errorOf(listPromptSets({ promptsDirs: [join(dir, 'none')] }))).message).toBe(
      `The folder of prompt sets ${join(dir, 'none')} cannot be read (there is no such file or folder).`,
    );
  });

  it.each([
    ['an unknown key', `${aphid}colour: green\n`, '7:1: the file: Unrecognized key: "colour"'],
    [
      'a second target of one id',
      `${aphid}  - { id: aphid, name: B, prompts: [b] }\n`,
      '7:7: targets.1.id: target "aphid" is there twice',
    ],
    ['a repeated prompt', `${aphid}      - an aphid\n`, '7:9: targets.0.prompts.1: "an aphid" is listed twice'],
    [
      'no prompts',
      'title: A\ntargets:\n  - id: a\n    name: A\n    prompts: []\n',
      '5:5: targets.0.prompts: a target needs at least one prompt',
    ],
    [
      'a template without its gap',
      `${aphid}templates:\n  - a photo\n`,
      '8:5: templates.0: a template holds "{}" exactly once, where the prompt goes',
    ],
    [
      'a template with two gaps',
      `${aphid}templates: ["{} {}"]\n`,
      '7:13: templates.0: a template holds "{}" exactly once, where the prompt goes',
    ],
    [
      'a prompt with a gap',
      `${aphid}      - a {} b\n`,
      '7:9: targets.0.prompts.1: "{}" belongs into templates, not here',
    ],
    ['an empty prompt', `${aphid}      - "  "\n`, '7:9: targets.0.prompts.1: an empty text'],
    [
      'a negative that is a prompt',
      `${aphid}negatives: [an aphid]\n`,
      `7:13: negatives.0: "an aphid" is a target's prompt too`,
    ],
    [
      'a length upside down',
      `${aphid}    lengthMm: { min: 4, max: 1 }\n`,
      '7:5: targets.0.lengthMm: min is larger than max',
    ],
    [
      'an EPPO code in small letters',
      `${aphid}    eppo: myzupe\n`,
      '7:5: targets.0.eppo: an EPPO code has 5 to 7 capitals or digits, like MYZUPE',
    ],
  ])('refuses %s with line and column', async (_, text, message) => {
    const path = await write('bad.yaml', text);
    const error = await errorOf(loadPromptSet(path, bundled));
    expect(error.message).toBe(`${path}:${message}.`);
    expect(error.code).toBe('PROMPTS_INVALID');
  });

  it('answers any text with a set or one clear line, never another error', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => `targets: ${json}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseYaml(text, 'any.yaml', promptFileSchema, 'PROMPTS_INVALID');
        } catch (error) {
          expect(error).toBeInstanceOf(FieldscoutError);
          expect((error as FieldscoutError).line).toMatch(/^any\.yaml.*\[PROMPTS_INVALID\]$/);
        }
      }),
    );
  });
});
