import { randomUUID } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import { type Gap, type GapPlace, instant, type MissedMessages, together } from './gap.js';
import type { AcceptedAlert, OutboxEntry, OutboxKind, OutboxStats } from './journal.js';
import type { Tallies } from './tallies.js';

/** The least is given up first. */
const RANKS: Readonly<Record<OutboxKind, number>> = { update: 0, new: 1, end: 1, alert: 2, clock: 3, gap: 3 };

/** A message with its payload as text. */
export interface PackedMessage {
  readonly kind: OutboxKind;
  readonly topic: string;
  readonly camera: string | null;
  readonly retain: boolean;
  readonly id: string | null;
  readonly json: string;
}

export interface Accepted {
  readonly firstSequence: number;
  readonly acceptedMs: number;
}

interface WaitingRow {
  readonly sequence: number;
  readonly kind: OutboxKind;
  readonly camera: string | null;
  readonly accepted_ms: number;
  readonly bytes: number;
}

interface EntryRow {
  readonly sequence: number;
  readonly kind: OutboxKind;
  readonly topic: string;
  readonly camera: string | null;
  readonly retain: number;
  readonly boot_id: string;
  readonly accepted_ms: number;
  readonly json: string;
}

/** What a message costs beside its texts. */
const ROW_BYTES = 64;
/** Of the outbox, freed beyond what is over the limit. */
const ROOM_SHARE = 0.01;
const MOST_AT_ONCE = 5_000;

/** The outbox in SQL. Every method runs within the caller's transaction. */
export class OutboxTable {
  private readonly insertMessage: Statement;
  private readonly insertOutbox: Statement;
  private readonly select: Statement;
  private readonly waiting: Statement;
  private readonly worst: Statement;
  private readonly expired: Statement;
  private readonly remove: Statement;
  private readonly count: Statement;
  private readonly oldest: Statement;
  private readonly last: Statement;
  private readonly lastAlert: Statement;
  private readonly drops: Statement;
  private readonly rewrite: Statement;
  /** Gap records by reason that nobody has read yet: more of the same is added to them. */
  private readonly openGaps = new Map<string, { readonly sequence: number; readonly gap: Gap }>();

  constructor(
    db: Database,
    private readonly run: number,
    private readonly tallies: Tallies,
    private readonly gapPlace: GapPlace,
    /** Beyond this, entries are given up by rule. */
    private readonly maxBytes: number,
    private readonly now: () => number,
  ) {
    this.insertMessage = db.prepare(
      'INSERT INTO messages (run, accepted_ms, kind, camera, id, json, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.insertOutbox = db.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?)');
    this.select = db.prepare(
      `SELECT sequence, kind, topic, camera, retain, boot_id, accepted_ms, json FROM outbox JOIN messages USING (sequence)
       JOIN runs ON runs.id = messages.run WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
    );
    const row = 'SELECT sequence, kind, camera, accepted_ms, bytes FROM outbox JOIN messages USING (sequence)';
    this.waiting = db.prepare(`${row} WHERE sequence = ?`);
    this.worst = db.prepare(`${row} ORDER BY rank, sequence LIMIT ?`);
    this.expired = db.prepare(`${row} WHERE kind <> 'gap' ORDER BY sequence LIMIT ?`);
    this.remove = db.prepare('DELETE FROM outbox WHERE sequence = ?');
    this.count = db.prepare(
      'INSERT INTO drops VALUES (?, ?) ON CONFLICT (reason) DO UPDATE SET count = count + excluded.count',
    );
    this.oldest = db
      .prepare('SELECT accepted_ms FROM outbox JOIN messages USING (sequence) ORDER BY sequence LIMIT 1')
      .pluck();
    this.last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").pluck();
    this.lastAlert = db.prepare(
      `SELECT sequence, boot_id AS bootId, json FROM messages JOIN runs ON runs.id = messages.run
       WHERE kind = 'alert' ORDER BY sequence DESC LIMIT 1`,
    );
    this.drops = db.prepare('SELECT reason, count FROM drops');
    this.rewrite = db.prepare('UPDATE messages SET json = ? WHERE sequence = ?');
  }

  accept(messages: readonly PackedMessage[]): Accepted {
    const acceptedMs = this.now();
    let firstSequence = 0;
    for (const message of messages) {
      const sequence = this.insert(message, acceptedMs);
      firstSequence ||= sequence;
    }
    const over = this.tallies.of('outbox').bytes - this.maxBytes;
    // More than is over: each time costs a search, and a gap record tells of all.
    if (over > 0) this.makeRoom(over + this.maxBytes * ROOM_SHARE, MOST_AT_ONCE);
    return { firstSequence, acceptedMs };
  }

  read(after: number, upTo: number, limit: number): readonly OutboxEntry[] {
    const rows = this.select.all(after, upTo, limit) as EntryRow[];
    for (const [reason, { sequence }] of this.openGaps) {
      if (rows.some((row) => row.sequence === sequence)) this.openGaps.delete(reason);
    }
    return rows.map(({ boot_id: bootId, accepted_ms: acceptedMs, retain, ...row }) => ({
      ...row,
      retain: retain === 1,
      bootId,
      acceptedMs,
    }));
  }

  delivered(sequences: readonly number[]): void {
    for (const { bytes } of this.take(sequences)) this.tallies.removed('outbox', 1, bytes);
  }

  giveUp(sequences: readonly number[], reason: string): void {
    const rows = this.take(sequences);
    for (const { bytes } of rows) this.tallies.removed('outbox', 1, bytes);
    this.name(rows, reason);
  }

  /** Gives up what was accepted before a time. @returns how many */
  expire(beforeMs: number, atMost: number): number {
    const rows = this.expired.all(atMost) as WaitingRow[];
    return this.dropRows(
      rows.filter((row) => row.accepted_ms < beforeMs),
      'expired',
    );
  }

  /** Names messages that the store never took. */
  missed({ reason, kinds, cameras, fromMs, toMs }: MissedMessages): void {
    const count = Object.values(kinds).reduce((sum, n) => sum + n, 0);
    if (count === 0) return;
    this.count.run(reason, count);
    const times = { from: instant(fromMs), to: instant(toMs) };
    this.addGap({ ...this.newGap(reason), count, kinds, cameras, firstSequence: null, lastSequence: null, ...times });
  }

  newest(): number {
    return (this.last.get() as number | undefined) ?? 0;
  }

  newestAlert(): AcceptedAlert | null {
    return (this.lastAlert.get() as AcceptedAlert | undefined) ?? null;
  }

  stats(): OutboxStats {
    const { rows, bytes } = this.tallies.of('outbox');
    const drops = this.drops.all() as { reason: string; count: number }[];
    return {
      waiting: rows,
      bytes,
      oldestMs: (this.oldest.get() as number | undefined) ?? null,
      dropped: Object.fromEntries(drops.map(({ reason, count }) => [reason, count])),
    };
  }

  /** After a rollback nothing is known of what was written since. */
  rolledBack(): void {
    this.openGaps.clear();
  }

  private insert({ kind, camera, id, json, topic, retain }: PackedMessage, acceptedMs: number): number {
    const bytes = Buffer.byteLength(json) + topic.length + ROW_BYTES;
    const row = this.insertMessage.run(this.run, acceptedMs, kind, camera, id, json, bytes);
    const sequence = Number(row.lastInsertRowid);
    this.insertOutbox.run(sequence, RANKS[kind], topic, retain ? 1 : 0);
    this.tallies.added('messages', 1, bytes);
    this.tallies.added('outbox', 1, bytes);
    return sequence;
  }

  private take(sequences: readonly number[]): readonly WaitingRow[] {
    const rows: WaitingRow[] = [];
    for (const sequence of sequences) {
      const row = this.waiting.get(sequence) as WaitingRow | undefined;
      if (!row) continue; // settled before, or dropped by a limit meanwhile
      this.remove.run(sequence);
      rows.push(row);
    }
    return rows;
  }

  /** Gives up entries by rule, the oldest of the least kind first, until `bytes` are free. */
  private makeRoom(bytes: number, atMost: number): void {
    const rows: WaitingRow[] = [];
    let freed = 0;
    for (const row of this.worst.all(atMost) as WaitingRow[]) {
      if (freed >= bytes) break;
      rows.push(row);
      freed += row.bytes;
    }
    this.dropRows(rows, 'outbox-full');
  }

  private dropRows(rows: readonly WaitingRow[], reason: string): number {
    for (const { sequence, bytes } of rows) {
      this.remove.run(sequence);
      this.tallies.deleted('outbox', 1, bytes);
    }
    this.name(rows, reason);
    return rows.length;
  }

  /** Counts what was given up, and tells of it. A gap record that is given up is counted only: it would never end. */
  private name(rows: readonly WaitingRow[], reason: string): void {
    if (rows.length === 0) return;
    this.count.run(reason, rows.length);
    const told = rows.filter(({ kind }) => kind !== 'gap');
    const [first] = told;
    if (!first) return;
    const kinds: Record<string, number> = {};
    for (const { kind } of told) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const sequences = told.map(({ sequence }) => sequence);
    const times = told.map((row) => row.accepted_ms);
    this.addGap({
      ...this.newGap(reason),
      count: told.length,
      kinds,
      cameras: [...new Set(told.flatMap(({ camera }) => camera ?? []))],
      firstSequence: sequences.reduce((a, b) => Math.min(a, b)),
      lastSequence: sequences.reduce((a, b) => Math.max(a, b)),
      from: instant(times.reduce((a, b) => Math.min(a, b))),
      to: instant(times.reduce((a, b) => Math.max(a, b))),
    });
  }

  private newGap(reason: string): Pick<Gap, 'schema' | 'id' | 'at' | 'reason'> {
    return { schema: this.gapPlace.schema, id: randomUUID(), at: instant(this.now()), reason };
  }

  /** A long outage drops again and again: as long as nobody has read the gap record, one tells of all. */
  private addGap(gap: Gap): void {
    const open = this.openGaps.get(gap.reason);
    if (open && this.waiting.get(open.sequence)) {
      const all = together(open.gap, gap);
      this.rewrite.run(JSON.stringify(all), open.sequence);
      this.openGaps.set(gap.reason, { sequence: open.sequence, gap: all });
      return;
    }
    const json = JSON.stringify(gap);
    const message = { kind: 'gap', topic: this.gapPlace.topic, camera: null, retain: false, id: gap.id, json } as const;
    this.openGaps.set(gap.reason, { sequence: this.insert(message, this.now()), gap });
  }
}
