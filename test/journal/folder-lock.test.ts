import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/journal/folder-lock.js';
import { bundledModels } from '../../src/paths.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('lockFolder', () => {
  it('gives a folder to one at a time, by whatever path it is named', async () => {
    const alias = `${dir}-alias`;
    await symlink(dir, alias);
    const release = await lockFolder(dir);
    expect(release).toBeTypeOf('function');
    expect(await lockFolder(alias)).toBeUndefined();
    release?.();
    const again = await lockFolder(alias);
    expect(again).toBeTypeOf('function');
    again?.();
    await rm(alias);
  });

  it('takes a folder over from a process that was killed', async () => {
    const built = pathToFileURL(join(bundledModels, '../dist/journal/folder-lock.js')).href;
    const script = `const { lockFolder } = await import(${JSON.stringify(built)});
      console.log(typeof (await lockFolder(${JSON.stringify(dir)})));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [told] = (await once(child.stdout, 'data')) as [Buffer];
    expect(told.toString().trim()).toBe('function');
    expect(await lockFolder(dir)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const release = await lockFolder(dir);
    expect(release).toBeTypeOf('function');
    release?.();
  });
});
