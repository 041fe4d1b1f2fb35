import type { Database, Statement } from 'better-sqlite3';
import type { JournalStore } from './journal-store.js';
import { EMBEDDING_BYTES } from './record-tables.js';
import type { TallyName } from './tallies.js';

/** How much is kept, and for how long. 0 days: no limit by age. */
export interface JournalLimits {
  readonly outbox: Limit;
  /** Events, alerts and gap records after they were delivered or given up. */
  readonly messages: Limit;
  /** Frames with their detections. */
  readonly detections: Limit;
  readonly embeddings: Limit;
}

export interface Limit {
  readonly maxBytes: number;
  readonly maxDays: number;
}

const DAY_MS = 86_400_000;
/** In one transaction: accepts that come meanwhile wait for it. */
const ROWS_A_STEP = 500;
const SCANNED_A_STEP = 5_000;
const PAGES_A_STEP = 256;
/** Of downtime and of clock offsets each, some tens of bytes: those of years, but not those of an uplink that flaps for ever. */
const MOST_NOTES = 100_000;
/** Free pages are used again by what comes; beyond this share of the file they are given back. */
const FREE_SHARE = 0.05;

interface Row {
  readonly key: number;
  readonly bytes: number;
  readonly at_ms: number;
}

type Deletable = Exclude<TallyName, 'outbox'>;
const DELETABLE: readonly Deletable[] = ['messages', 'detections', 'embeddings'];

/**
 * Deletes the oldest of what is over its limit, a few rows a step, so that what is accepted meanwhile hardly waits. An entry of the
 * outbox is never deleted here, however old: it is given up by the outbox's own rule, and named.
 */
export class Retention {
  private readonly oldest: Readonly<Record<Deletable, Statement>>;
  private readonly remove: Readonly<Record<Deletable, readonly Statement[]>>;
  private readonly forgetPictures: Statement;
  private readonly forgetNotes: readonly Statement[];
  /** Deleted since that was last told. */
  private notes = 0;
  private readonly db: Database;
  /** Messages up to here wait in the outbox, or are gone. */
  private passed = 0;
  private before: Readonly<Record<TallyName, { readonly rows: number; readonly bytes: number }>>;

  constructor(
    private readonly store: JournalStore,
    private readonly limits: JournalLimits,
    private readonly now: () => number,
    private readonly say: (line: string) => void,
  ) {
    const { db } = store;
    this.db = db;
    const waits = 'EXISTS (SELECT 1 FROM outbox WHERE outbox.sequence = messages.sequence)';
    this.oldest = {
      messages: db.prepare(
        `SELECT sequence AS key, CASE WHEN ${waits} THEN -1 ELSE bytes END AS bytes, accepted_ms AS at_ms FROM messages
         WHERE sequence > ? ORDER BY sequence LIMIT ${SCANNED_A_STEP}`,
      ),
      detections: db.prepare(
        `SELECT id AS key, bytes, captured_ms AS at_ms FROM frames WHERE id > ? ORDER BY id LIMIT ${ROWS_A_STEP}`,
      ),
      embeddings: db.prepare(
        `SELECT picture AS key, ${EMBEDDING_BYTES} + length(vector) AS bytes, made_ms AS at_ms FROM embeddings
         WHERE picture > ? ORDER BY picture LIMIT ${ROWS_A_STEP}`,
      ),
    };
    this.remove = {
      messages: [db.prepare('DELETE FROM messages WHERE sequence = ?')],
      detections: [db.prepare('DELETE FROM detections WHERE frame = ?'), db.prepare('DELETE FROM frames WHERE id = ?')],
      embeddings: [db.prepare('DELETE FROM embeddings WHERE picture = ?')],
    };
    this.forgetPictures = db.prepare(
      `DELETE FROM pictures WHERE id IN (SELECT id FROM pictures WHERE deleted_ms IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM embeddings WHERE picture = pictures.id)
       AND NOT EXISTS (SELECT 1 FROM labels WHERE labels.sha256 = pictures.sha256) LIMIT ${ROWS_A_STEP})`,
    );
    this.forgetNotes = [
      ...['downtime', 'clock_offsets'].map((table) =>
        db.prepare(
          `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table}
           WHERE id <= (SELECT max(id) FROM ${table}) - ${MOST_NOTES} ORDER BY id LIMIT ${ROWS_A_STEP})`,
        ),
      ),
      // Runs are counted upwards: none before that of the oldest row of each table has a row left.
      db.prepare(
        `DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE id < min(
           (SELECT max(id) FROM runs),
           coalesce((SELECT run FROM messages ORDER BY sequence LIMIT 1), ${Number.MAX_SAFE_INTEGER}),
           coalesce((SELECT run FROM frames ORDER BY id LIMIT 1), ${Number.MAX_SAFE_INTEGER}),
           coalesce((SELECT run FROM downtime ORDER BY id LIMIT 1), ${Number.MAX_SAFE_INTEGER}),
           coalesce((SELECT run FROM clock_offsets ORDER BY id LIMIT 1), ${Number.MAX_SAFE_INTEGER})
         ) ORDER BY id LIMIT ${ROWS_A_STEP})`,
      ),
    ];
    this.before = this.deletedSoFar();
  }

  /**
   * @param trustsClock false where the clock is known to be wrong: then nothing is old
   * @returns whether there is more to do
   */
  step(trustsClock: boolean): boolean {
    const more = this.store.transaction(() => this.deleteSome(trustsClock));
    const isVacuuming = this.giveBack();
    if (more || isVacuuming) return true;
    this.passed = 0;
    this.tell();
    return false;
  }

  private deleteSome(trustsClock: boolean): boolean {
    const { maxDays } = this.limits.outbox;
    let isMore = false;
    if (trustsClock && maxDays > 0)
      isMore = this.store.outbox.expire(this.now() - maxDays * DAY_MS, ROWS_A_STEP) === ROWS_A_STEP;
    for (const name of DELETABLE) isMore = this.deleteOldest(name, trustsClock) || isMore;
    this.forgetPictures.run();
    for (const statement of this.forgetNotes) {
      const { changes } = statement.run();
      this.notes += changes;
      isMore ||= changes === ROWS_A_STEP;
    }
    return isMore;
  }

  private deleteOldest(name: Deletable, trustsClock: boolean): boolean {
    const { maxBytes, maxDays } = this.limits[name];
    const tooOldMs = trustsClock && maxDays > 0 ? this.now() - maxDays * DAY_MS : Number.NEGATIVE_INFINITY;
    const { tallies } = this.store;
    // A message that waits is the outbox's, and counts against its limit alone.
    const kept = () => tallies.of(name).bytes - (name === 'messages' ? tallies.of('outbox').bytes : 0);
    if (kept() <= maxBytes && tooOldMs === Number.NEGATIVE_INFINITY) return false;
    const rows = this.oldest[name].all(name === 'messages' ? this.passed : 0) as Row[];
    let deleted = 0;
    for (const { key, bytes, at_ms: atMs } of rows) {
      if (deleted === ROWS_A_STEP) return true;
      if (kept() <= maxBytes && atMs >= tooOldMs) return false;
      if (name === 'messages') this.passed = key;
      if (bytes < 0) continue;
      for (const statement of this.remove[name]) statement.run(key);
      tallies.deleted(name, 1, bytes);
      deleted += 1;
    }
    return rows.length === (name === 'messages' ? SCANNED_A_STEP : ROWS_A_STEP);
  }

  /** @returns whether there is more to give back */
  private giveBack(): boolean {
    const pages = this.db.pragma('page_count', { simple: true }) as number;
    const free = () => this.db.pragma('freelist_count', { simple: true }) as number;
    const kept = Math.max(PAGES_A_STEP, pages * FREE_SHARE);
    if (free() <= kept) return false;
    this.db.pragma(`incremental_vacuum(${PAGES_A_STEP})`);
    return free() > kept;
  }

  private tell(): void {
    if (this.notes > 0) this.say(`deleted the oldest notes of runs, downtime and set clocks: ${this.notes}`);
    this.notes = 0;
    const after = this.deletedSoFar();
    for (const [name, { rows, bytes }] of Object.entries(after) as [TallyName, { rows: number; bytes: number }][]) {
      const count = rows - this.before[name].rows;
      if (count === 0) continue;
      const size = `${count} (${bytes - this.before[name].bytes} bytes)`;
      this.say(
        name === 'outbox'
          ? `gave up ${size} of the messages that wait for the broker: ${LIMIT_NAMES.outbox}`
          : `deleted the oldest ${WORDS[name]}, ${size}: ${LIMIT_NAMES[name]}`,
      );
    }
    this.before = after;
  }

  private deletedSoFar(): typeof this.before {
    const of = (name: TallyName) => {
      const { deletedRows: rows, deletedBytes: bytes } = this.store.tallies.of(name);
      return { rows, bytes };
    };
    return {
      outbox: of('outbox'),
      messages: of('messages'),
      detections: of('detections'),
      embeddings: of('embeddings'),
    };
  }
}

const LIMIT_NAMES: Readonly<Record<TallyName, string>> = {
  outbox: 'storage.maxOutboxBytes or maxOutboxDays',
  messages: 'storage.maxEventBytes or maxEventDays',
  detections: 'storage.maxDetectionBytes or maxDetectionDays',
  embeddings: 'storage.maxEmbeddingBytes or maxEmbeddingDays',
};

const WORDS: Readonly<Record<Deletable, string>> = {
  messages: 'delivered events and alerts',
  detections: 'frames with their detections',
  embeddings: 'embeddings',
};
