import { parentPort, workerData } from 'node:worker_threads';
import { errorLine } from '../errors.js';
import { GroupCommit } from './group-commit.js';
import { type CallMessage, END_JOURNAL, type JournalReply, type JournalWorkerSettings } from './journal-protocol.js';
import { JournalStore } from './journal-store.js';
import { openDatabase } from './open-database.js';

/** The thread that owns the database: SQLite blocks while the disk does, and the daemon's own loop must not. */
const settings = workerData as JournalWorkerSettings;
const port = parentPort;
if (!port) throw new Error('journal-worker.js runs as a worker thread');

function reply(message: JournalReply): void {
  port?.postMessage(message);
}

try {
  const { file, bootId, gaps, recordEveryMs } = settings;
  const store = new JournalStore(openDatabase(file), { bootId, gaps, now: Date.now });
  const commits = new GroupCommit(store, recordEveryMs, reply);
  port.on('message', (message: CallMessage | typeof END_JOURNAL) => {
    if (message === END_JOURNAL) {
      commits.close();
      store.close();
      process.exit();
    }
    commits.add(message);
  });
  reply({ type: 'ready' });
} catch (error) {
  reply({ type: 'failed', line: errorLine(error) });
}
