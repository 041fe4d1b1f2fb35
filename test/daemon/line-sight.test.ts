import { beforeEach, describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { LineSight } from '../../src/daemon/line-sight.js';
import type { Sight } from '../../src/inspection/sight.js';
import type { EmbeddedPromptSet, PromptSet } from '../../src/types.js';

const modelOf = (id: string) => ({ model: { id, sha256: id } }) as ClipModel;
const [old, next] = [modelOf('old'), modelOf('next')];
const setOf = (id: string) => ({ id }) as PromptSet;

/** Embeddings that wait, where they are asked to, until somebody lets them go on. */
let gate: Promise<void> | undefined;
let fault: Error | undefined;
/** Model and prompts of each sight that was put into force. */
let used: string[];
let failures: string[];
let sight: LineSight;

beforeEach(async () => {
  gate = undefined;
  fault = undefined;
  used = [];
  failures = [];
  sight = new LineSight({
    clip: old,
    names: ['a'],
    load: async (names) => setOf(names.join('+')),
    embed: async (promptSet, clip) => {
      await gate;
      if (fault && clip === old) throw fault;
      return { promptSet, model: clip.model } as EmbeddedPromptSet;
    },
    use: async (set, { clip, prompts }: Sight) => {
      expect([prompts.promptSet, prompts.model]).toEqual([set, clip.model]);
      used.push(`${clip.model.id} ${set.id}`);
    },
    failed: (line) => void failures.push(line),
  });
  await sight.open();
});

function closedGate(): () => void {
  let open: () => void = () => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

describe('what a camera looks with', () => {
  it('is never of a model that was replaced while prompts were embedded for it', async () => {
    const prepared = await sight.prepare(next);
    const open = closedGate();
    const reloaded = sight.reload(setOf('edited'));
    await sight.take(prepared);
    fault = new Error('The model is closed.');
    open();
    expect(await reloaded).toBe(true);
    expect(used).toEqual(['next a', 'next edited']);
  });

  it('is prepared anew where other prompts came into force meanwhile', async () => {
    const early = await sight.prepare(next);
    expect(sight.isCurrent(early)).toBe(true);
    await sight.reload(setOf('edited'));
    expect(sight.isCurrent(early)).toBe(false);
    const late = await sight.prepare(next);
    expect([sight.isCurrent(late), late.set.id]).toEqual([true, 'edited']);
    expect(used).toEqual(['old edited']);
  });

  it('is what a command chose, with the model that serves when it takes effect', async () => {
    const putIntoForce = await sight.choose(['a', 'b']);
    await sight.take(await sight.prepare(next));
    expect(putIntoForce().id).toBe('a+b');
    await expect.poll(() => used).toEqual(['next a', 'next a+b']);
    expect(sight.promptSet.id).toBe('a+b');
    expect(failures).toEqual([]);
  });

  it('stays where the model fails on the words', async () => {
    fault = new Error('not a number');
    await expect(sight.reload(setOf('edited'))).rejects.toThrow('not a number');
    await expect(sight.choose(['b'])).rejects.toThrow('not a number');
    expect([used, sight.promptSet.id]).toEqual([[], 'a']);
  });

  it('leaves prompts that were edited where a command chose others meanwhile', async () => {
    const open = closedGate();
    const reloaded = sight.reload(setOf('edited'));
    const chosen = sight.choose(['b']);
    open();
    (await chosen)();
    // Whichever was embedded first: what was chosen stands.
    await reloaded;
    expect(used.at(-1)).toBe('old b');
  });
});
