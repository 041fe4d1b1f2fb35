import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docsFolder, generatedDocs } from '../../scripts/generate-docs.js';

const documents = [...generatedDocs()];

describe('npm run docs', () => {
  it.each(documents)('docs/%s is what the code says; otherwise run it again', (name, text) => {
    expect(readFileSync(join(docsFolder, name), 'utf8')).toBe(text);
  });

  it('leaves no schema behind of a payload that is gone', () => {
    const known = documents.map(([name]) => name).filter((name) => name.startsWith('schemas/'));
    expect(
      readdirSync(join(docsFolder, 'schemas'))
        .map((name) => `schemas/${name}`)
        .sort(),
    ).toEqual(known.sort());
  });
});
