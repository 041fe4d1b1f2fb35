import {
  copyFile,
  link as linkFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
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

  it('says what it looks for, and with what, before the first picture', async () => {
    const { stdout } = await detect('--prompt', 'a snail', '--prompt', 'a slug', 'leaf.png');
    expect(stdout).toMatch(/^tiny-random-clip on cpu looks for a-snail, a-slug\nleaf\.png {2}/);
  });

  it('never writes a marked picture over one that it looks at, by whatever path', async () => {
    const own = join(dir, 'own');
    await mkdir(own);
    await copyFile(join(dir, 'leaf.png'), join(own, 'leaf.jpg'));
    await symlink(own, join(dir, 'link'));
    const before = await readFile(join(own, 'leaf.jpg'));
    await mkdir(join(dir, 'hard'));
    await linkFile(join(own, 'leaf.jpg'), join(dir, 'hard', 'leaf.jpg'));
    for (const folder of ['own', './own/../own', 'link', 'hard']) {
      const { code, stderr } = await detect('own', '--annotate', folder);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining('would be written over. Name another folder. [USAGE]'),
      ]);
    }
    expect((await readFile(join(own, 'leaf.jpg'))).equals(before)).toBe(true);
    for (const again of [0, 0]) expect((await detect('own', '--annotate', 'marked')).code).toBe(again);
    expect(await readdir(join(dir, 'marked'))).toEqual(['leaf.jpg']);
    for (const made of ['own', 'link', 'hard', 'marked']) await rm(join(dir, made), { recursive: true });
  });

  it('writes out the control characters of a name', async () => {
    const { code, stdout } = await detect('.');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^\\x1b\[31mred\.png {2}224 x 224, \d+ tiles, /m);
  });

  it('looks at a picture as a camera would: turned, cut and masked, with its tiles and prompts', async () => {
    await writeFile(
      join(dir, 'fieldscout.yaml'),
      `model: ${tinyClipDir}
detection: { minScore: 0, mergeOverlap: 1 }
cameras:
  - id: bed
    source: folder:.
    rotate: 90
    crop: { x: 0, y: 0, width: 1, height: 0.5 }
    masks: [{ x: 0, y: 0, width: 0.5, height: 1 }]
    tiles: { scales: [56], overlap: 0, wholeFrame: false }
    prompts: [words.yaml]
`,
    );
    await writeFile(
      join(dir, 'words.yaml'),
      'title: Words\ntemplates: ["{}"]\nnegatives: []\ntargets:\n  - { id: thing, name: Thing, prompts: [a thing] }\n  - { id: other, name: Other, prompts: [another] }\n',
    );
    const looked = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await fieldscout(['detect', '--json', 'leaf.png', '--camera', ...words], {
        cwd: dir,
      });
      return code === 0 ? JSON.parse(stdout) : { code, stderr };
    };
    const { width, height, tiles, promptSet, detections } = await looked('bed');
    expect([width, height, tiles, promptSet.id]).toEqual([224, 112, 4, 'words']);
    for (const { box } of detections) expect(box.x + box.width / 2).toBeGreaterThan(112);
    // What is said on the command line goes before what the configuration says.
    expect(await looked('bed', '--scales', '112', '--prompt', 'a snail')).toMatchObject({
      tiles: 1,
      promptSet: { id: 'command-line' },
    });
    expect(await looked('bed', '--min-score', '0.5', '--sure-score', '0.4')).toEqual({
      code: 1,
      stderr: expect.stringMatching(/--sure-score 0\.4 does nothing beside --min-score 0\.5\..* \[USAGE\]\n$/),
    });
    expect(await looked('barn')).toEqual({
      code: 1,
      stderr: expect.stringMatching(/fieldscout\.yaml has no camera "barn"\. It has bed\. \[USAGE\]\n$/),
    });
  }, 90_000);
});
