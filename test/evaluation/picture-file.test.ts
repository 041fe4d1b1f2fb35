import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPicture, pictureSegments } from '../../src/evaluation/picture-file.js';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-pictures-'));
  await mkdir(join(dir, 'images'));
  await writeFile(join(dir, 'images', 'a b 🐛.jpg'), 'a');
  await writeFile(join(dir, 'c.jpg'), 'c');
});

afterAll(() => rm(dir, { recursive: true }));

describe('findPicture', () => {
  it('joins the path to the folder', async () => {
    expect(await findPicture(dir, 'images/a b 🐛.jpg')).toBe(join(dir, 'images', 'a b 🐛.jpg'));
    expect(await findPicture(dir, './images\\a b 🐛.jpg')).toBe(join(dir, 'images', 'a b 🐛.jpg'));
  });

  it("takes the last part alone where the path repeats the folder's name", async () => {
    expect(await findPicture(join(dir, 'images'), 'images/a b 🐛.jpg')).toBe(join(dir, 'images', 'a b 🐛.jpg'));
  });

  it('gives the joined path where there is no such file, so that the error names it', async () => {
    expect(await findPicture(dir, 'images/none.jpg')).toBe(join(dir, 'images', 'none.jpg'));
  });
});

describe('pictureSegments', () => {
  it.each([
    '/a.jpg',
    '\\a.jpg',
    'C:\\a.jpg',
    'c:a.jpg',
    '../a.jpg',
    'a/../../b.jpg',
    'a\\..\\b.jpg',
    '',
    '.',
    'a\0.jpg',
  ])('refuses %j', (name) => {
    expect(pictureSegments(name)).toBeNull();
  });

  it('never leads out of the folder', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '/', '\\', 'a'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (name) => {
          const segments = pictureSegments(name);
          if (segments === null) return;
          expect(relative('/pictures', join('/pictures', ...segments)).split('/')).toEqual(segments);
        },
      ),
    );
  });
});
