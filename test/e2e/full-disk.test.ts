import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import { canMount, SmallDisk } from '../chaos/small-disk.js';
import { freePort, HostileDaemon } from '../support/hostile-daemon.js';

it('a node that stops while the disk is full keeps its last events', async (context) => {
  if (!canMount()) {
    context.task.meta.missing = ['no small file system can be mounted here'];
    context.task.meta.required = false;
    context.skip();
  }
  const dir = await mkdtemp(join(tmpdir(), 'fieldscout-full-'));
  const disk = await SmallDisk.mount(join(dir, 'data'), 32 << 20);
  let running: HostileDaemon | undefined;
  try {
    running = await HostileDaemon.start(dir, {
      broker: { port: await freePort() },
      dashboard: { enabled: false },
      storage: { dir: 'data' },
      cameras: [{ id: 'leaf', source: 'sim:leaf', intervalMs: 2000, tiles: { scales: [192] }, keepPictures: 'none' }],
    });
    await running.says(/^new /, 60_000);
    const reserve = join(dir, 'data', 'reserve');
    expect((await stat(reserve)).size).toBe(2 << 20);
    disk.fill();
    expect((await running.stop('SIGTERM')).code).toBe(0);
    expect(running.messages.filter((line) => line.includes('they are lost'))).toEqual([]);
    expect(existsSync(reserve)).toBe(false);
    expect(running.messages).toContain('events wait in memory: the disk takes nothing');
    const begun = running.messages.filter((line) => line.startsWith('new ')).length;
    disk.free();
    const db = new SqliteDatabase(join(dir, 'data', 'journal.db'));
    const kept = db.prepare("SELECT count(*) FROM messages WHERE kind = 'end'").pluck().get();
    db.close();
    // Those that are followed when the node stops end with it.
    expect(kept).toBe(begun);
  } finally {
    running?.kill();
    disk.unmount();
    await rm(dir, { recursive: true, force: true });
  }
}, 120_000);
