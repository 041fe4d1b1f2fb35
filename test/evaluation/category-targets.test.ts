import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCategories, distinctNames, mapCategories, nameKey } from '../../src/evaluation/category-targets.js';

const target = (id: string, name: string) => ({ id, name, prompts: [name], templates: ['{}'], beneficial: false });

describe('mapCategories', () => {
  it('pairs by id or by name, whatever the case, spaces and hyphens', () => {
    const mapping = mapCategories(
      ['Green  Aphid', 'LEAF_ROLLER', 'whitefly'],
      [target('green-aphid', 'Peach aphid'), target('tortrix', 'leaf roller')],
    );
    expect([...mapping.targetOf]).toEqual([
      ['Green  Aphid', 'green-aphid'],
      ['LEAF_ROLLER', 'tortrix'],
    ]);
    expect(mapping.withoutTarget).toEqual(['whitefly']);
  });

  it('prefers the id where another target has that name', () => {
    const targets = [target('bug', 'stink bug'), target('other', 'bug')];
    expect(mapCategories(['bug'], targets).targetOf.get('bug')).toBe('bug');
  });

  it('puts every category either with a target or without', () => {
    const name = fc.string({ minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.array(name), (categories, ids) => {
        const mapping = mapCategories(
          categories,
          ids.map((id) => target(id, id)),
        );
        expect([...mapping.targetOf.keys(), ...mapping.withoutTarget].sort()).toEqual([...categories].sort());
      }),
    );
  });
});

describe('nameKey', () => {
  it('keeps letters of every script and other signs apart', () => {
    expect(nameKey('  Grüne_Blattlaus ')).toBe('grüne-blattlaus');
    expect(nameKey('蚜虫')).toBe('蚜虫');
    expect(nameKey('leaf roller (early)')).not.toBe(nameKey('leaf roller early'));
  });
});

describe('distinctNames', () => {
  it('keeps the first of names that say the same', () => {
    expect(distinctNames(['Bug', 'mite', 'bug', 'MITE'])).toEqual(['Bug', 'mite']);
  });
});

describe('chooseCategories', () => {
  it("gives the file's own spelling, in the file's order", () => {
    expect(chooseCategories(['Mite', 'Green aphid', 'bug'], ['green-aphid', 'mite'], 'a.json')).toEqual([
      'Mite',
      'Green aphid',
    ]);
  });

  it('names a category that the file does not hold, and those that it does', () => {
    expect(() => chooseCategories(['mite', 'bug'], ['moth'], 'a.json')).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: 'a.json has no category "moth".',
        remedy: 'Choose among: mite, bug.',
      }),
    );
  });
});
