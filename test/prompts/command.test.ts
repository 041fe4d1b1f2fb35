import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { promptsCommand } from '../../src/commands/prompts.js';
import { fieldscout } from '../support/hostile-command.js';

let dir: string;
let path: string;
const mine =
  'title: Mine\ntemplates: ["{}"]\nnegatives: [bare soil]\nnegativeTemplates: ["{}"]\n' +
  'targets:\n  - { id: slug, name: Slug, prompts: [a slug, a leaf without slugs] }\n';

async function run(...args: string[]): Promise<{ out: string; err: string; exitCode: unknown }> {
  let out = '';
  let err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  process.exitCode = undefined;
  await promptsCommand().parseAsync(args, { from: 'user' });
  const { exitCode } = process;
  process.exitCode = undefined;
  vi.restoreAllMocks();
  return { out, err, exitCode };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prompts-command-'));
  path = join(dir, 'mine.yaml');
  await writeFile(path, mine);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('fieldscout prompts', () => {
  it('lists bundled sets and those of a folder, with their targets', async () => {
    const { out } = await run('list', '--prompts-dir', dir);
    expect(out).toMatch(/^insects\/aphids +aphid$/m);
    expect(out).toMatch(/^mine +slug$/m);
  });

  it('lists as JSON, one object a set', async () => {
    const sets = JSON.parse((await run('list', '--prompts-dir', dir, '--json')).out) as { id: string }[];
    expect(sets).toHaveLength(16);
    expect(sets.find(({ id }) => id === 'mine')).toEqual({
      id: 'mine',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      title: 'Mine',
      targets: ['slug'],
    });
  });

  it('says OK with counts and hash, and warns of a negation', async () => {
    const { out, err, exitCode } = await run('check', path);
    expect(out).toMatch(/1 targets, 2 prompts, 1 negatives, 3 texts to embed, hash [0-9a-f]{16}\n$/);
    expect(out.startsWith(`OK: ${path}: `)).toBe(true);
    expect(err).toBe(
      `warning: ${path}: target "slug": "a leaf without slugs" says what is not there, which CLIP overlooks. ` +
        'Describe what is seen instead, and put backgrounds under negatives.\n',
    );
    expect(exitCode).toBeUndefined();
  });

  it('gives a wrong file one line with its place, and exit code 1', async () => {
    await writeFile(path, mine.replace('id: slug', 'id: Slug'));
    const { code, stdout, stderr } = await fieldscout(['prompts', 'check', path]);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `fieldscout: ${path}:6:7: targets.0.id: use lower-case letters, digits and single "-": "aphid-winged". ` +
        'Mend that line and try again. [PROMPTS_INVALID]\n',
    );
    expect(code).toBe(1);
  });

  it('shows words, codes and negatives of a set', async () => {
    const { out } = await run('show', 'insects/aphids');
    expect(out).toContain('aphid: Aphid\n  [EPPO 1APHIF, GBIF 3042, 1 to 4 mm]\n  an aphid\n');
    expect(out).toContain('negatives: a healthy green leaf | ');
  });

  it('shows a set as JSON', async () => {
    const set = JSON.parse((await run('show', 'mine', '--prompts-dir', dir, '--json')).out) as Record<string, unknown>;
    expect(set).toMatchObject({ id: 'mine', origin: path, negatives: ['bare soil'] });
  });
});
