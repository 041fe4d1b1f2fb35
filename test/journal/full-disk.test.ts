import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { OutboxMessage } from '../../src/journal/journal.js';
import { JOURNAL_FILE, openJournal } from '../../src/journal/open-journal.js';
import { SqliteDatabase } from '../../src/journal/sqlite.js';

const message = (id: string): OutboxMessage => ({
  kind: 'new',
  topic: 'farm/events',
  camera: 'leaf',
  retain: false,
  payload: { id, padding: 'x'.repeat(1000) },
});

const gaps = { topic: 'farm/gaps', schema: 1 };
const warnings: string[] = [];
const log = { info: () => undefined, warn: (line: string) => void warnings.push(line) };

/** Runs something in a file system of 3 MB, of which 1 MB is given free when it asks. */
async function onSmallDisk(context: TestContext, run: (dir: string, makeRoom: () => Promise<void>) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), 'journal-'));
  warnings.length = 0;
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', dir], { encoding: 'utf8' });
  if (mount.status !== 0) {
    const reason = mount.error?.message ?? mount.stderr.trim();
    context.task.meta.missing = [`no small file system can be mounted here (${reason})`];
    context.task.meta.required = false;
    context.skip();
  }
  try {
    const ballast = join(dir, 'ballast');
    await writeFile(ballast, Buffer.alloc(1 << 20));
    await run(dir, () => rm(ballast));
  } finally {
    spawnSync('umount', [dir]);
    await rm(dir, { recursive: true, force: true });
  }
}

describe('a full disk', () => {
  it('refuses whole calls, damages nothing, is read meanwhile, and takes again once there is space', (context) =>
    onSmallDisk(context, async (dir, makeRoom) => {
      const journal = await openJournal({ dir, bootId: 'boot-1', gaps, log, recordEveryMs: 50 });
      const accepted: number[] = [];
      let refusal: unknown;
      for (let i = 0; i < 2_000 && !refusal; i += 1) {
        try {
          accepted.push(...(await journal.outbox.accept([message(`${i}a`), message(`${i}b`)])).map((e) => e.sequence));
        } catch (error) {
          refusal = error;
        }
      }
      expect(refusal).toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringMatching(/full/) });
      expect(accepted.length).toBeGreaterThan(100);
      const waiting = async () => (await journal.outbox.read({ after: 0, limit: 10_000 })).map((e) => e.sequence);
      expect(await waiting()).toEqual(accepted);
      journal.record({ type: 'downtime', what: 'uplink', name: null, state: 'down', atMs: 1, reason: 'test' });
      await expect(journal.outbox.accept([message('again')])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });

      await makeRoom();
      const [next] = await journal.outbox.accept([message('later')]);
      expect(await waiting()).toEqual([...accepted, next?.sequence]);
      await journal.close();
      const db = new SqliteDatabase(join(dir, JOURNAL_FILE));
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      // What could wait did.
      expect(db.prepare("SELECT reason FROM downtime WHERE what = 'uplink'").pluck().all()).toEqual(['test']);
      db.close();
      expect(warnings).toEqual([]);
    }));

  it('is no reason not to stop: the journal closes, says so, and is whole', (context) =>
    onSmallDisk(context, async (dir, makeRoom) => {
      const first = await openJournal({ dir, bootId: 'boot-1', gaps, log });
      const [accepted] = await first.outbox.accept([message('before')]);
      spawnSync('dd', ['if=/dev/zero', `of=${join(dir, 'filler')}`, 'bs=1k']);
      await first.close();
      expect(warnings).toEqual([expect.stringMatching(/the clean stop could not be noted.*full/)]);
      await makeRoom();
      const second = await openJournal({ dir, bootId: 'boot-2', gaps, log });
      expect(await second.outbox.read({ after: 0, limit: 10 })).toEqual([accepted]);
      await second.close();
    }));

  it('is no reason not to start: the journal opens once there is space', (context) =>
    onSmallDisk(context, async (dir, makeRoom) => {
      const first = await openJournal({ dir, bootId: 'boot-1', gaps, log });
      await first.outbox.accept([message('before')]);
      await first.close();
      spawnSync('dd', ['if=/dev/zero', `of=${join(dir, 'filler')}`, 'bs=1k']);
      const journal = await openJournal({ dir, bootId: 'boot-2', gaps, log });
      await expect(journal.outbox.accept([message('too early')])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(warnings).toHaveLength(1);
      await makeRoom();
      await expect
        .poll(() => journal.outbox.accept([message('after')]).catch(() => []), { timeout: 20_000 })
        .toMatchObject([{ sequence: 2, bootId: 'boot-2' }]);
      await journal.close();
    }));
});
