import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPromptSet } from '../../src/prompts/load.js';
import { PromptWatcher } from '../../src/prompts/watch.js';

const fileWith = (prompt: string) =>
  `title: Mine\ntargets:\n  - id: aphid\n    name: Aphid\n    prompts:\n      - ${prompt}\n`;

let dir: string;
let path: string;
let changes: string[];
let errors: string[];
let loads: number;
let refuses: boolean;

async function watcher(everyMs?: number): Promise<PromptWatcher> {
  const load = () => loadPromptSet(path, { promptsDirs: [] });
  const set = await load();
  return new PromptWatcher({
    paths: [path],
    load: () => {
      loads += 1;
      return load();
    },
    set,
    onChange: (changed) => {
      if (refuses) throw new Error('the model is away');
      const [target] = changed.targets;
      changes.push(target?.beneficial ? `${target.name}, beneficial` : (target?.prompts[0] ?? ''));
    },
    onError: (line) => errors.push(line),
    ...(everyMs === undefined ? {} : { everyMs }),
  });
}

async function pollTwice(watching: PromptWatcher): Promise<void> {
  await watching.poll();
  await watching.poll();
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watch-'));
  path = join(dir, 'mine.yaml');
  await writeFile(path, fileWith('an aphid'));
  changes = [];
  errors = [];
  loads = 0;
  refuses = false;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('PromptWatcher', () => {
  it('calls back with the new set when words change', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    expect(changes).toEqual([]);
    await writeFile(path, fileWith('a green aphid'));
    await pollTwice(watching);
    expect(changes).toEqual(['a green aphid']);
  });

  it('sees an edit made between loading and the first look', async () => {
    const watching = await watcher();
    await writeFile(path, fileWith('a green aphid'));
    await pollTwice(watching);
    expect(changes).toEqual(['a green aphid']);
  });

  it('sees an editor that renames a new file over the old one', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    await writeFile(`${path}.new`, fileWith('an aphis'));
    await rename(`${path}.new`, path);
    await pollTwice(watching);
    expect(changes).toEqual(['an aphis']);
  });

  it('does not load while the file still changes from look to look', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    loads = 0;
    for (const prompt of ['a', 'a gr', 'a green aph']) {
      await writeFile(path, fileWith(prompt));
      await watching.poll();
    }
    expect(loads).toBe(0);
    await watching.poll();
    expect(changes).toEqual(['a green aph']);
  });

  it('is silent about a comment, which changes no words', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    await writeFile(path, `# of 2026\n${fileWith('an aphid')}`);
    await pollTwice(watching);
    expect(loads).toBe(2);
    expect(changes).toEqual([]);
  });

  it.each([
    ['name', 'Aphid', 'Aphis'],
    ['beneficial', 'name: Aphid', 'name: Aphis\n    beneficial: true'],
    ['lengthMm', 'name: Aphid', 'name: Aphid\n    lengthMm: { min: 1, max: 3 }'],
  ])('takes over another %s, which changes no words', async (_, was, is) => {
    const watching = await watcher();
    await pollTwice(watching);
    await writeFile(path, fileWith('an aphid').replace(was, is));
    await pollTwice(watching);
    await pollTwice(watching);
    expect(changes).toEqual([is.includes('beneficial') ? 'Aphis, beneficial' : 'an aphid']);
    expect(errors).toEqual([]);
  });

  it('gives way to a set that was chosen while the files were loaded', async () => {
    const load = () => loadPromptSet(path, { promptsDirs: [] });
    const other = join(dir, 'other.yaml');
    await writeFile(other, fileWith('a moth'));
    const chosen = await loadPromptSet(other, { promptsDirs: [] });
    const watching: PromptWatcher = new PromptWatcher({
      paths: [path],
      load: async () => {
        const loaded = await load();
        watching.adopt(chosen);
        return loaded;
      },
      set: await load(),
      onChange: (set) => void changes.push(set.origin),
      onError: (line) => errors.push(line),
    });
    await pollTwice(watching);
    expect([changes, errors]).toEqual([[], []]);
  });

  it('tries again what could not be taken over, and says so once', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    refuses = true;
    await writeFile(path, fileWith('a green aphid'));
    for (let i = 0; i < 4; i += 1) await watching.poll();
    expect(errors).toEqual(['the model is away']);
    refuses = false;
    await pollTwice(watching);
    expect(changes).toEqual(['a green aphid']);
  });

  it('says once what is wrong, and takes the file again when it is mended', async () => {
    const watching = await watcher();
    await pollTwice(watching);
    await writeFile(path, 'title: Mine\n');
    await pollTwice(watching);
    await pollTwice(watching);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(`${path}:1:1: targets: `);
    await rm(path);
    await pollTwice(watching);
    expect(errors[1]).toContain(`${path} cannot be read (there is no such file or folder).`);
    await writeFile(path, fileWith('a red aphid'));
    await pollTwice(watching);
    expect(changes).toEqual(['a red aphid']);
    expect(errors).toHaveLength(2);
  });

  it('looks by itself between start and stop', async () => {
    const watching = await watcher(5);
    watching.start();
    await writeFile(path, fileWith('a black aphid'));
    await vi.waitFor(() => expect(changes).toEqual(['a black aphid']), { timeout: 10_000 });
    watching.stop();
  });
});
