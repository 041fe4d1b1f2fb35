import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../src/journal/journal.js';
import { JOURNAL_FILE, openJournal } from '../../src/journal/open-journal.js';

const message = (id: string): OutboxMessage => ({
  kind: 'new',
  topic: 'farm/events',
  camera: 'leaf',
  retain: false,
  payload: { id, padding: 'x'.repeat(1000) },
});

describe('a full disk', () => {
  it('refuses whole calls, damages nothing, is read meanwhile, and takes again once there is space', async (context) => {
    const dir = await mkdtemp(join(tmpdir(), 'journal-'));
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', dir], { encoding: 'utf8' });
    if (mount.status !== 0) {
      const reason = mount.error?.message ?? mount.stderr.trim();
      context.task.meta.missing = [`no small file system can be mounted here (${reason})`];
      context.task.meta.required = false;
      context.skip();
    }
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (line: string) => void warnings.push(line) };
    const gaps = { topic: 'farm/gaps', schema: 1 };
    try {
      const ballast = join(dir, 'ballast');
      await writeFile(ballast, Buffer.alloc(1 << 20));
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

      await rm(ballast);
      const [next] = await journal.outbox.accept([message('later')]);
      expect(await waiting()).toEqual([...accepted, next?.sequence]);
      await journal.close();
      const db = new SqliteDatabase(join(dir, JOURNAL_FILE));
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      // What could wait did.
      expect(db.prepare("SELECT reason FROM downtime WHERE what = 'uplink'").pluck().all()).toEqual(['test']);
      db.close();
      expect(warnings).toEqual([]);
    } finally {
      spawnSync('umount', [dir]);
      await rm(dir, { recursive: true, force: true });
    }
  });
});
