import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldscout } from '../support/hostile-command.js';
import { drawnDir, tinyClipDir } from '../support/tiny-clip.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-detect-'));
  for (const name of ['leaf.png', '\u001b[31mred.png'])
    await copyFile(join(drawnDir, 'drawn-224x224.png'), join(dir, name));
});

afterAll(() => rm(dir, { recursive: true }));

const detect = (...words: readonly string[]) =>
  fieldscout(['detect', '--model', tinyClipDir, '--scales', '224', '--min-score', '0', ...words], { cwd: dir });

describe('fieldscout detect', () => {
  it('looks for typed texts beside named sets, with the pictures after them', async () => {
    const { code, stdout } = await detect('--json', '--prompt', 'a snail', '--prompts', 'insects/aphids', 'leaf.png');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ image: 'leaf.png', promptSet: { id: 'insects/aphids+command-line' } });
  });

  it('names a picture that is not there, with exit code 2 even where it is the only one', async () => {
    const fault =
      'error: gone.png cannot be read (there is no such file). Check the path and its permissions. [IMAGE_UNREADABLE]\n';
    expect(await detect('gone.png')).toEqual({ code: 2, stdout: '', stderr: fault });
    const { code, stdout, stderr } = await detect('--json', 'gone.png', 'leaf.png');
    expect([code, (JSON.parse(stdout) as { image: string }).image]).toEqual([2, 'leaf.png']);
    expect(stderr).toContain(fault);
  });

  it('writes out the control characters of a name', async () => {
    const { code, stdout } = await detect('.');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^\\x1b\[31mred\.png {2}224 x 224, \d+ tiles, /m);
  });
});
