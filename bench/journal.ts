/**
 * The journal and its outbox: events accepted for good (synchronous=FULL) and delivered a second, against the obvious ways (a transaction
 * of SQLite for each event on the main thread; lowdb, which writes the whole file); how long the main loop is held up meanwhile, also
 * where each flush of the disk takes long (with strace); and the start with a million journalled detections.
 * Bars: 1,500 events/s on two cores, 20 ms (p99), 3 s.
 *
 *     npx tsx bench/journal.ts [--json] [--seconds 5] [--detections 1000000] [--dir <on the disk to be measured>]
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { JSONFilePreset } from 'lowdb/node';
import type { Journal, OutboxMessage } from '../src/journal/journal.js';
import { openDatabase } from '../src/journal/open-database.js';
import { JOURNAL_FILE, openJournal } from '../src/journal/open-journal.js';
import type { FrameRecord } from '../src/journal/records.js';
import { eventSample } from '../test/support/payloads.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    detections: { type: 'string', default: '1000000' },
    dir: { type: 'string', default: '.' },
    /** Run alone, by this program under strace. */
    only: { type: 'string' },
  },
});
const runMs = Number(values.seconds) * 1000;
const FLUSH_DELAY_MS = 200;
const log = { info: () => undefined, warn: (line: string) => console.error(line) };
const dir = await mkdtemp(join(values.dir, 'fieldscout-bench-'));
const rows: Record<string, unknown>[] = [];

function tell(what: string, numbers: Readonly<Record<string, number>>): void {
  rows.push({ what, ...numbers });
  if (values.json) return;
  const texts = Object.entries(numbers).map(([name, value]) => `${name} ${value.toFixed(value < 100 ? 1 : 0)}`);
  console.log(`${what.padEnd(58)} ${texts.join('   ')}`);
}

const message = (i: number): OutboxMessage => ({
  kind: 'new',
  topic: 'farm/events',
  camera: 'leaf',
  retain: false,
  payload: eventSample(`event-${i}`),
});
const detection = {
  target: 'aphid',
  prompt: 'a green aphid on a leaf',
  score: 0.9,
  similarity: 0.31,
  box: { x: 10, y: 20, width: 224, height: 224 },
  scale: 224,
};
const frameWith = (detections: number, i: number): FrameRecord => ({
  type: 'frame',
  camera: 'leaf',
  capturedAtMs: 1_780_000_000_000 + i * 1000,
  clock: 'synchronised',
  source: `sim:leaf#${i}`,
  dropped: null,
  quality: null,
  seen: {
    frameId: crypto.randomUUID(),
    width: 1920,
    height: 1080,
    tiles: 60,
    fingerprint: eventSample('fingerprint').fingerprint,
    detections: Array.from({ length: detections }, () => detection),
  },
});

const open = (name: string): Promise<Journal> =>
  openJournal({ dir: name, bootId: crypto.randomUUID(), gaps: { topic: 'farm/gaps', schema: 1 }, log });

const newDir = () => mkdtemp(join(dir, 'run-'));

/** As many accepts at a time as a busy node has, a frame for each ten, and all of it delivered. */
async function throughput(waiting: number): Promise<void> {
  const journal = await open(await newDir());
  const end = performance.now() + runMs;
  const start = performance.now();
  let accepted = 0;
  const accept = async () => {
    while (performance.now() < end) {
      const [entry] = await journal.outbox.accept([message(accepted)]);
      accepted += 1;
      if (accepted % 10 === 0) journal.record(frameWith(3, accepted));
      if (entry) await journal.outbox.delivered([entry.sequence]);
    }
  };
  await Promise.all(Array.from({ length: waiting }, accept));
  const seconds = (performance.now() - start) / 1000;
  await journal.close();
  tell(`journal, ${waiting} at a time: accepted and delivered`, { 'events/s': accepted / seconds });
}

/** At a rate that a node has, how late a timer of the main loop comes. */
async function mainLoop(what: string): Promise<void> {
  const journal = await open(await newDir());
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const end = performance.now() + runMs;
  const all: Promise<unknown>[] = [];
  let i = 0;
  await sleep(500);
  delay.enable();
  let worstMs = 0;
  while (performance.now() < end) {
    const start = performance.now();
    all.push(journal.outbox.accept(Array.from({ length: 10 }, (_, k) => message(10 * i + k))));
    journal.record(frameWith(20, i));
    worstMs = Math.max(worstMs, performance.now() - start);
    i += 1;
    await sleep(10);
  }
  delay.disable();
  await Promise.all(all);
  await journal.close();
  tell(what, {
    'p99 ms': delay.percentile(99) / 1e6,
    'longest ms': delay.max / 1e6,
    'longest call ms': worstMs,
    'events/s': (10 * i * 1000) / runMs,
  });
}

async function transactionEach(): Promise<void> {
  const db = openDatabase(join(await newDir(), JOURNAL_FILE));
  db.exec('CREATE TABLE plain (id INTEGER PRIMARY KEY, json TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO plain (json) VALUES (?)');
  const remove = db.prepare('DELETE FROM plain WHERE id = ?');
  const end = performance.now() + runMs;
  const start = performance.now();
  let count = 0;
  while (performance.now() < end) {
    remove.run(insert.run(JSON.stringify(message(count).payload)).lastInsertRowid);
    count += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  db.close();
  tell('SQLite, a transaction each, on the main thread', { 'events/s': count / seconds });
}

/** With the events of a day's outage in the file. */
async function lowdb(waiting: number): Promise<void> {
  const db = await JSONFilePreset<{ events: unknown[] }>(join(await newDir(), 'outbox.json'), { events: [] });
  for (let i = 0; i < waiting; i += 1) db.data.events.push(message(i).payload);
  await db.write();
  const end = performance.now() + runMs;
  const start = performance.now();
  let count = 0;
  while (performance.now() < end) {
    db.data.events.push(message(count).payload);
    await db.write();
    db.data.events.shift();
    await db.write();
    count += 1;
  }
  tell(`lowdb, ${waiting} waiting, not flushed to the disk`, {
    'events/s': (count * 1000) / (performance.now() - start),
  });
}

async function startUp(detections: number): Promise<void> {
  const name = await newDir();
  let journal = await open(name);
  const perFrame = 20;
  for (let i = 0; i < detections / perFrame; i += 1) {
    journal.record(frameWith(perFrame, i));
    // Within what may wait; an accept takes the records before it to the disk.
    if (i % 2_000 === 1_999) await journal.outbox.accept([message(i)]);
  }
  await journal.close();
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const start = performance.now();
    journal = await open(name);
    await journal.outbox.accept([message(run)]);
    times.push(performance.now() - start);
    await journal.close();
  }
  const median = times.sort((a, b) => a - b)[1] as number;
  tell(`start with ${detections} detections, to the first accept`, { ms: median });
}

/** The same program under strace, which makes each flush wait. */
function slowDisk(): void {
  const inject = `inject=fsync,fdatasync:delay_enter=${FLUSH_DELAY_MS}000`;
  const strace = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', inject];
  const self = ['--import', 'tsx', fileURLToPath(import.meta.url), '--json', '--only', 'main-loop', '--dir', dir];
  const args = [...strace, process.execPath, ...self, '--seconds', values.seconds];
  const run = spawnSync('strace', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const what = `main loop, each flush ${FLUSH_DELAY_MS} ms longer`;
  if (run.error || run.status !== 0) {
    console.error(`${what}: not measured, strace does not run here`);
    return;
  }
  const [{ what: _, ...numbers }] = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '[]');
  tell(what, numbers);
}

if (values.only === 'main-loop') await mainLoop('main loop');
else {
  await throughput(64);
  await throughput(500);
  await transactionEach();
  await lowdb(10_000);
  await mainLoop('main loop beside the journal');
  slowDisk();
  await startUp(Number(values.detections));
}
if (values.json) console.log(JSON.stringify(rows));
await rm(dir, { recursive: true });
