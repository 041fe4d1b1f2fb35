import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOURNAL_FILE } from '../../src/journal/open-journal.js';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import { needs } from '../support/needs.js';

const child = fileURLToPath(new URL('./accept-for-ever.mjs', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the child until it has accepted enough, then kills it at some moment. @returns the sequences that it said were accepted */
async function runAndKill(bootId: string, enough: number, tracer: readonly string[] = []): Promise<readonly number[]> {
  const [command = '', ...args] = [...tracer, process.execPath, child, dir, bootId];
  const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const exited = once(running, 'exit');
  let text = '';
  running.stdout.on('data', (chunk) => {
    text += chunk;
  });
  while (text.split('\n').length < enough && running.exitCode === null) await sleep(5);
  await sleep(Math.random() * 20);
  process.kill(-(running.pid as number), 'SIGKILL');
  await exited;
  return [...text.matchAll(/accepted (\d+)\n/g)].map(([, sequence]) => Number(sequence));
}

describe('what was accepted', () => {
  it('is there after each of five kills, in the journal and in the outbox, and when the node was down', async () => {
    const accepted: number[] = [];
    for (let run = 0; run < 5; run += 1) accepted.push(...(await runAndKill(`boot-${run}`, 20)));
    const db = new SqliteDatabase(join(dir, JOURNAL_FILE));
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const waiting = db.prepare('SELECT sequence FROM outbox ORDER BY sequence').pluck().all();
    expect(db.prepare('SELECT sequence FROM messages ORDER BY sequence').pluck().all()).toEqual(waiting);
    expect(accepted.filter((sequence) => !waiting.includes(sequence))).toEqual([]);
    expect(new Set(waiting).size).toBe(waiting.length);
    // A call is accepted whole or not at all.
    expect(waiting.length % 2).toBe(0);
    const downtime = db.prepare("SELECT from_ms, to_ms, reason FROM downtime WHERE what = 'node'").all();
    expect(downtime).toHaveLength(4);
    for (const { from_ms: from, to_ms: to, reason } of downtime as {
      from_ms: number;
      to_ms: number;
      reason: string;
    }[]) {
      expect(to).toBeGreaterThan(from);
      expect(reason).toBe('unclean stop');
    }
    db.close();
  });

  it('was flushed to the disk before it was said to be accepted', needs('strace'), async () => {
    const trace = join(dir, 'trace');
    const calls = 'trace=fsync,fdatasync,pwrite64,write';
    const strace = ['strace', '-f', '-qq', '-y', '-s', '32', '-e', calls, '-o', trace];
    await runAndKill('boot-1', 20, strace);
    const lines = (await readFile(trace, 'utf8')).split('\n');
    let unflushed = 0;
    let said = 0;
    let flushes = 0;
    for (const line of lines) {
      // A call that another thread interrupts is two lines; it is done at the second.
      if (/pwrite64\(\d+<[^>]*journal\.db-wal>/.test(line)) unflushed += 1;
      if (/(fdatasync|fsync)(\(\d+<[^>]*journal\.db-wal>\) += 0| resumed>\) += 0)/.test(line)) {
        flushes += 1;
        unflushed = 0;
      }
      if (/write\(1<.*"accepted/.test(line)) {
        said += 1;
        // The worker may already write for the next call only after this one is said: nothing is unflushed now.
        expect({ line, unflushed }).toEqual({ line, unflushed: 0 });
      }
    }
    expect(said).toBeGreaterThan(10);
    expect(flushes).toBeGreaterThanOrEqual(said / 2);
  });
});
