import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { FieldscoutError } from '../../src/errors.js';
import { loadPromptSet } from '../../src/prompts/load.js';
import { fieldscout, isOneClearLine } from '../support/hostile-command.js';
import { type HostileText, hostileConfigs, hostilePromptFiles } from '../support/hostile-texts.js';

const dirs = { prompts: '', configs: '', odd: '' };

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'fieldscout-hostile-texts-'));
  for (const name of ['prompts', 'configs', 'odd'] as const) {
    dirs[name] = join(root, name);
    await mkdir(dirs[name]);
  }
  const write = (dir: string, files: readonly HostileText[]) =>
    Promise.all(files.map(({ name, content }) => writeFile(join(dir, name), content)));
  await write(dirs.prompts, hostilePromptFiles());
  await write(dirs.configs, hostileConfigs());
  await mkdir(join(dirs.odd, 'folder.yaml'));
  await symlink('nowhere.yaml', join(dirs.odd, 'dangling.yaml'));
  await symlink('loop.yaml', join(dirs.odd, 'loop.yaml'));
  await symlink('/dev/zero', join(dirs.odd, 'endless.yaml'));
  await promisify(execFile)('mkfifo', [join(dirs.odd, 'fifo.yaml')]);
});

afterAll(() => rm(join(dirs.odd, '..'), { recursive: true, force: true }));

async function refusal(work: Promise<unknown>): Promise<FieldscoutError> {
  const outcome = await work.then(
    () => 'was accepted',
    (error: unknown) => error,
  );
  if (outcome instanceof FieldscoutError) return outcome;
  throw new Error(`no refusal in one line: ${outcome instanceof Error ? outcome.stack : String(outcome)}`);
}

function expectPlace(line: string, path: string, { says, line: at }: HostileText): void {
  isOneClearLine(line);
  expect(line).toContain(path);
  expect(line).toMatch(says);
  if (at !== undefined) expect(line).toMatch(new RegExp(`:${at}:\\d+: `));
}

describe('prompt files that are none', () => {
  it.each(hostilePromptFiles())('$name is refused with its place', async (file) => {
    const path = join(dirs.prompts, file.name);
    const { code, line } = await refusal(loadPromptSet(path, { promptsDirs: [] }));
    expect(code).toBe('PROMPTS_INVALID');
    expectPlace(line, path, file);
  });
});

describe('configurations that are none', () => {
  it.each(hostileConfigs())('$name is refused with its place', async (file) => {
    const path = join(dirs.configs, file.name);
    const { code, line } = await refusal(loadConfig(path, '/'));
    expect(code).toBe('CONFIG_INVALID');
    expectPlace(line, path, file);
    expect(line).not.toContain('hunter2');
  });

  it('leaves every other object as it was where a key is called __proto__', async () => {
    await refusal(loadConfig(join(dirs.configs, 'prototype.yaml'), '/'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('what is no file', () => {
  it.each([
    ['folder.yaml', 'it is a folder'],
    ['dangling.yaml', 'there is no such file or folder'],
    ['loop.yaml', 'its links lead in a circle'],
    ['endless.yaml', 'a device'],
    ['fifo.yaml', 'a pipe'],
    ['not-there.yaml', 'there is no such file or folder'],
  ])('%s is refused at once, as prompts and as configuration', async (name, reason) => {
    const path = join(dirs.odd, name);
    const prompts = await refusal(loadPromptSet(path, { promptsDirs: [] }));
    const config = await refusal(loadConfig(path, '/'));
    expect([prompts.code, config.code]).toEqual(['PROMPTS_UNREADABLE', 'CONFIG_UNREADABLE']);
    for (const { line } of [prompts, config]) {
      isOneClearLine(line);
      expect(line).toContain(path);
      expect(line).toContain(reason);
    }
  });
});

describe('the same through the command line', () => {
  it.each([
    ['prompts', 'tab.yaml', ['prompts', 'check']],
    ['prompts', 'duplicate-ids.yaml', ['prompts', 'show']],
    ['configs', 'unknown-deep.yaml', ['config', 'check']],
    ['configs', 'bomb.yaml', ['config', 'check']],
    ['configs', 'url-password.yaml', ['run', '-c']],
  ] as const)('%s/%s ends %s with exit code 1 and one line', async (dir, name, words) => {
    const path = join(dirs[dir], name);
    const { code, stdout, stderr } = await fieldscout([...words, path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    isOneClearLine(stderr.trimEnd());
    expect(stderr).toContain(path);
  });
});
