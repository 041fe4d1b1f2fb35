import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { conditionNames } from '../../src/sim/conditions/conditions.js';
import { sceneNames } from '../../src/sim/scenes.js';
import { openScene, parseSimSource } from '../../src/sim/sim-source.js';

const read = (text: string) => {
  const { scene, condition, seed, empty } = parseSimSource(text);
  return { scene: scene.name, condition: condition.name, seed, empty };
};

const refusalOf = (text: string) => {
  try {
    parseSimSource(text);
  } catch (error) {
    if (error instanceof FieldscoutError) return { code: error.code, message: error.message, remedy: error.remedy };
    throw error;
  }
  return null;
};

describe('parseSimSource', () => {
  it('is fair daylight with animals unless told', () => {
    expect(read('leaf')).toEqual({ scene: 'leaf', condition: 'day', seed: undefined, empty: false });
  });

  it('reads condition, seed and empty in any order', () => {
    expect(read('crop-row?condition=dusk&seed=3&empty')).toEqual({
      scene: 'crop-row',
      condition: 'dusk',
      seed: 3,
      empty: true,
    });
    expect(read('leaf?empty=true&seed=0&condition=rain')).toEqual({
      scene: 'leaf',
      condition: 'rain',
      seed: 0,
      empty: true,
    });
    expect(read('leaf?empty=false').empty).toBe(false);
  });

  it('reads back every scene under every condition', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sceneNames()),
        fc.constantFrom(...conditionNames()),
        fc.nat(999_999_999),
        fc.boolean(),
        (scene, condition, seed, empty) => {
          const text = `${scene}?condition=${condition}&seed=${seed}${empty ? '&empty' : ''}`;
          expect(read(text)).toEqual({ scene, condition, seed, empty });
        },
      ),
    );
  });

  it.each([
    ['moon', 'sim:moon: there is no simulated scene of this name.', 'sim:crop-row'],
    ['leaf?condition=fog', 'sim:leaf?condition=fog: there is no condition "fog".', 'day, sun, overcast, dusk, night'],
    ['leaf?seed=x', 'sim:leaf?seed=x: the seed "x" is no whole number.', '0 to 999999999'],
    ['leaf?seed=-1', 'sim:leaf?seed=-1: the seed "-1" is no whole number.', '0 to 999999999'],
    ['leaf?light=dusk', 'sim:leaf?light=dusk: "light" is nothing that a scene can be told.', 'condition, seed, empty'],
    ['leaf?seed=1&seed=2', 'sim:leaf?seed=1&seed=2: "seed" is there twice.', 'once'],
    ['leaf?empty=2', 'sim:leaf?empty=2: "empty=2" is neither true nor false.', '"empty" alone'],
  ])('refuses %s and says what there is', (text, message, remedy) => {
    expect(refusalOf(text)).toEqual({ code: 'SOURCE_INVALID', message, remedy: expect.stringContaining(remedy) });
  });

  it('answers any text with a source or one clear refusal', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'leaf', 'leaf?', 'leaf?condition='), (tail, head) => {
        const refusal = refusalOf(head + tail);
        if (refusal) expect(refusal.code).toBe('SOURCE_INVALID');
      }),
    );
  });
});

describe('openScene', () => {
  it('prefers the seed of the source to the one of the camera', () => {
    expect([openScene('leaf?seed=4', 9).seed, openScene('leaf', 9).seed]).toEqual([4, 9]);
  });
});

describe('the documented settings', () => {
  it('name every scene', () => {
    const settings = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const row = settings.split('\n').find((line) => line.startsWith('| `cameras[].source`'));
    for (const name of sceneNames()) expect(row).toContain(name);
  });
});
