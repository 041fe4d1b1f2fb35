import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPictures } from '../../src/commands/find-pictures.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'find-pictures-'));
  await mkdir(join(dir, 'field', 'row'), { recursive: true });
  await mkdir(join(dir, 'empty'));
  for (const name of ['b.JPG', 'a.webp', 'notes.txt', join('row', 'c.tiff')])
    await writeFile(join(dir, 'field', name), '');
  await writeFile(join(dir, 'picture'), '');
});

afterAll(() => rm(dir, { recursive: true }));

async function find(...names: readonly string[]) {
  const faults: string[] = [];
  const paths = names.map((name) => join(dir, name));
  const found = await findPictures(paths, (error) => faults.push(error.line));
  return { found: found.map((path) => path.slice(dir.length + 1)), faults };
}

describe('findPictures', () => {
  it('takes a file whatever its ending and the pictures of a folder by name', async () => {
    expect(await find('picture', 'field')).toEqual({
      found: ['picture', 'field/a.webp', 'field/b.JPG', 'field/row/c.tiff'],
      faults: [],
    });
  });

  it('names what is not there and goes on with the others', async () => {
    const fault = (name: string) =>
      `${join(dir, name)} cannot be read (there is no such file). Check the path and its permissions. [IMAGE_UNREADABLE]`;
    expect(await find('gone', 'picture', 'gone too')).toEqual({
      found: ['picture'],
      faults: [fault('gone'), fault('gone too')],
    });
    expect(await find('gone')).toEqual({ found: [], faults: [fault('gone')] });
  });

  it('refuses folders that hold no picture', async () => {
    await expect(find('empty')).rejects.toMatchObject({
      code: 'USAGE',
      message: `There is no picture in ${join(dir, 'empty')}.`,
    });
  });
});
