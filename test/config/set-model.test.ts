import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withModel } from '../../src/config/set-model.js';
import { starterFile } from '../../src/config/starter.js';

const set = (text: string, model = '/srv/models/vit@12ab') => withModel(text, model, 'f.yaml');

describe('withModel', () => {
  it('changes the one word, and no comment and no blank', () => {
    expect(set('node: a   # mine\nmodel:   scout-tiny   # for first contact\ncameras: []\n')).toBe(
      'node: a   # mine\nmodel:   /srv/models/vit@12ab   # for first contact\ncameras: []\n',
    );
    expect(set(starterFile)).toBe(starterFile.replace('model: scout-tiny', 'model: /srv/models/vit@12ab'));
  });

  it('writes the key where there is none', () => {
    expect(set('# Mine\n\nnode: a\n')).toBe('# Mine\n\nmodel: /srv/models/vit@12ab\nnode: a\n');
    expect(set('  node: a\n  threads: 1\n')).toBe('  model: /srv/models/vit@12ab\n  node: a\n  threads: 1\n');
    expect(set('# nothing yet')).toBe('# nothing yet\nmodel: /srv/models/vit@12ab\n');
  });

  it('quotes what YAML would read as something else', () => {
    expect(set('model: a\n', '1.0')).toBe('model: "1.0"\n');
    expect(set('model: "a"\n', '/srv/my models/a: b')).toBe('model: "/srv/my models/a: b"\n');
  });

  it('refuses what it cannot change alone', () => {
    expect(() => set('model: &m a\nnode: *m\n')).toThrow('f.yaml: "model" cannot be set');
    expect(() => set('- a\n')).toThrow('cannot be set');
    expect(() => set('{node: a}\n')).toThrow('cannot be set');
    expect(() => set('a: [\n')).toThrow('cannot be set');
  });

  it('is read back as what was asked for, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (model) => {
        expect(parse(set('node: a\nmodel: b # c\n', model))).toEqual({ node: 'a', model });
      }),
    );
  });
});
