import { parentPort, Worker, workerData } from 'node:worker_threads';
import { errorLine } from '../errors.js';
import { FilePresence } from './file-presence.js';
import { GroupCommit } from './group-commit.js';
import { END_JOURNAL, type JournalMessage, type JournalReply, type JournalWorkerSettings } from './journal-protocol.js';
import type { JournalStore, StoreSettings } from './journal-store.js';
import { openStore, recoverStore, rewriteStore } from './recovering-store.js';
import { Retention } from './retention.js';

/** The thread that owns the database: SQLite blocks while the disk does, and the daemon's own loop must not. */
const settings = workerData as JournalWorkerSettings;
const port = parentPort;
if (!port) throw new Error('journal-worker.js runs as a worker thread');
/** Between two steps of retention, for the calls that came meanwhile. */
const REST_MS = 20;
const REWRITE_AGAIN_MS = 30_000;

function reply(message: JournalReply): void {
  port?.postMessage(message);
}
const say = (level: 'info' | 'warn') => (line: string) => reply({ type: 'log', level, line });

function start(): void {
  const { file, bootId, hasRunBefore, gaps, limits, recordEveryMs, retainEveryMs } = settings;
  const storeSettings: StoreSettings = { bootId, gaps, maxOutboxBytes: limits.outbox.maxBytes, now: Date.now };
  const opened = openStore(file, storeSettings, hasRunBefore, say('warn'));
  let store = opened.store;
  let presence = new FilePresence(file);
  let retention = retentionOf(store);
  let trustsClock = true;
  let fault = '';
  let lostFile = '';
  let rewriteAgainMs = 0;
  /** The copy is all there is: see rewriteStore. */
  let isRewriting = false;

  function retentionOf(of: JournalStore): Retention {
    return new Retention(of, limits, Date.now, say('info'));
  }
  function use(other: JournalStore): JournalStore {
    store = other;
    presence = new FilePresence(file);
    retention = retentionOf(store);
    return store;
  }
  function recover(damage: string): JournalStore {
    store.db.close();
    return use(recoverStore(file, storeSettings, damage, say('warn')));
  }
  /** Where somebody deleted the file under us, it is written anew first: what is accepted must be there after the process. */
  function current(isLast = false): JournalStore {
    // A store that a failed recovery left closed has nothing to write anew from.
    if (!isRewriting && (!presence.isGone || !store.db.open)) return store;
    // The whole database is copied: a disk that is full must not be asked again at each commit.
    if (!isRewriting && !isLast && performance.now() < rewriteAgainMs) return store;
    try {
      const again = rewriteStore(file, store, storeSettings);
      say('warn')(`${file} was deleted while the node was running: it is written anew, and nothing is lost`);
      lostFile = '';
      isRewriting = false;
      return use(again);
    } catch (error) {
      const line = `${file} was deleted and cannot be written anew: ${errorLine(error)}`;
      if (line !== lostFile) say('warn')(line);
      lostFile = line;
      isRewriting = !store.db.open;
      rewriteAgainMs = performance.now() + REWRITE_AGAIN_MS;
      return store;
    }
  }
  const commits = new GroupCommit(() => current(), recordEveryMs, reply, recover);
  function retain(): void {
    let waitMs = retainEveryMs;
    try {
      current();
      if (retention.step(trustsClock)) waitMs = REST_MS;
      fault = '';
    } catch (error) {
      const line = `nothing could be deleted: ${errorLine(error)}`;
      if (line !== fault) say('warn')(line);
      fault = line;
    }
    setTimeout(retain, waitMs);
  }
  setTimeout(retain, retainEveryMs);
  if (opened.isCheckDue) checkBeside(file, recover);

  port?.on('message', (message: JournalMessage) => {
    if (message === END_JOURNAL) {
      current(true);
      commits.close();
      try {
        store.close();
      } catch (error) {
        say('warn')(`${file}: the clean stop could not be noted, the next start checks it: ${errorLine(error)}`);
      }
      process.exit();
    }
    if ('trustsClock' in message) trustsClock = message.trustsClock;
    else commits.add(message);
  });
  reply({ type: 'ready' });
}

function checkBeside(file: string, onDamage: (fault: string) => void): void {
  const startedMs = performance.now();
  const worker = new Worker(new URL('./check-worker.js', import.meta.url), { workerData: { file }, name: 'check' });
  worker.on('message', ({ fault }: { readonly fault: string | null }) => {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (fault === null) say('info')(`the last run was cut off: ${file} was checked and is whole (${seconds} s)`);
    else onDamage(fault);
  });
  worker.on('error', (error) => say('warn')(`${file} could not be checked: ${errorLine(error)}`));
}

/** A full disk has no room for the shared memory of the log either. */
function isFull(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR)/.test(String((error as { code?: unknown } | null)?.code ?? ''));
}

try {
  start();
} catch (error) {
  reply({ type: 'failed', line: errorLine(error), mayPass: isFull(error) });
}
