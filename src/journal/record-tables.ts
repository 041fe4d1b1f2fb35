import type { Database, Statement } from 'better-sqlite3';
import type {
  ClockOffsetRecord,
  DowntimeRecord,
  FrameRecord,
  JournalRecord,
  LabelRecord,
  PictureRecord,
  PicturesDeletedRecord,
} from './records.js';
import type { Tallies } from './tallies.js';

/** What a row costs beside its texts, in a tree of SQLite's. */
const FRAME_BYTES = 48;
const DETECTION_BYTES = 72;
export const EMBEDDING_BYTES = 128;

/** Frames, detections, pictures, labels, downtime and clock offsets in SQL, within the caller's transaction. */
export class RecordTables {
  private readonly insertFrame: Statement;
  private readonly insertDetection: Statement;
  private readonly insertFingerprint: Statement;
  private readonly findFingerprint: Statement;
  private readonly insertPicture: Statement;
  private readonly insertEmbedding: Statement;
  private readonly markDeleted: Statement;
  private readonly insertLabel: Statement;
  private readonly goDown: Statement;
  private readonly comeUp: Statement;
  private readonly insertOffset: Statement;
  private readonly fingerprints = new Map<string, number>();

  constructor(
    db: Database,
    private readonly run: number,
    private readonly tallies: Tallies,
  ) {
    this.insertFrame = db.prepare(
      `INSERT INTO frames (run, camera, captured_ms, clock, source, dropped, quality, frame_id, width, height, tiles, fingerprint, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.insertDetection = db.prepare('INSERT INTO detections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.insertFingerprint = db.prepare('INSERT OR IGNORE INTO fingerprints (json) VALUES (?)');
    this.findFingerprint = db.prepare('SELECT id FROM fingerprints WHERE json = ?').pluck();
    // The same picture kept again after its file was deleted is there again.
    this.insertPicture = db
      .prepare(
        `INSERT INTO pictures (path, sha256, camera, bytes, kept_ms, frame_id, track, target, box)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (path) DO UPDATE SET deleted_ms = NULL RETURNING id`,
      )
      .pluck();
    this.insertEmbedding = db.prepare('INSERT OR IGNORE INTO embeddings VALUES (?, ?, ?, ?, ?)');
    this.markDeleted = db.prepare('UPDATE pictures SET deleted_ms = ? WHERE path = ?');
    this.insertLabel = db.prepare('INSERT INTO labels (sha256, target, verdict, person, at_ms) VALUES (?, ?, ?, ?, ?)');
    this.goDown = db.prepare(
      `INSERT INTO downtime (run, what, name, from_ms, reason) SELECT @run, @what, @name, @atMs, @reason
       WHERE NOT EXISTS (SELECT 1 FROM downtime WHERE what = @what AND name IS @name AND to_ms IS NULL)`,
    );
    this.comeUp = db.prepare(
      'UPDATE downtime SET to_ms = @atMs WHERE what = @what AND name IS @name AND to_ms IS NULL',
    );
    this.insertOffset = db.prepare(
      `INSERT INTO clock_offsets (run, at_sequence, at_frame, offset_ms, seen_ms, trust) VALUES (?,
       1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0),
       1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'frames'), 0), ?, ?, ?)`,
    );
  }

  write(record: JournalRecord): void {
    switch (record.type) {
      case 'frame':
        this.frame(record);
        break;
      case 'picture':
        this.picture(record);
        break;
      case 'pictures-deleted':
        this.picturesDeleted(record);
        break;
      case 'label':
        this.label(record);
        break;
      case 'downtime':
        this.downtime(record);
        break;
      case 'clock-offset':
        this.clockOffset(record);
        break;
    }
  }

  rolledBack(): void {
    this.fingerprints.clear();
  }

  private frame({ camera, capturedAtMs, clock, source, dropped, quality, seen }: FrameRecord): void {
    const isFound = seen !== undefined && seen.detections.length > 0;
    const measures = quality && JSON.stringify(quality);
    // Of most frames nothing more is to be known than that they were looked at: their rows stay small.
    const about = isFound
      ? [seen.frameId, seen.width, seen.height, seen.tiles, this.fingerprintId(JSON.stringify(seen.fingerprint))]
      : [null, null, null, null, null];
    let bytes = FRAME_BYTES + camera.length + source.length + (measures?.length ?? 0) + (isFound ? 48 : 0);
    for (const { target, prompt } of seen?.detections ?? []) bytes += DETECTION_BYTES + target.length + prompt.length;
    const row = [camera, Math.round(capturedAtMs), clock, source, dropped, measures, ...about, bytes];
    const id = Number(this.insertFrame.run(this.run, ...row).lastInsertRowid);
    for (const [number, { target, prompt, score, similarity, box, scale }] of (seen?.detections ?? []).entries()) {
      const { x, y, width, height } = box;
      this.insertDetection.run(id, number, target, prompt, score, similarity, x, y, width, height, scale);
    }
    this.tallies.added('detections', 1, bytes);
  }

  private fingerprintId(json: string): number {
    const known = this.fingerprints.get(json);
    if (known !== undefined) return known;
    this.insertFingerprint.run(json);
    const id = this.findFingerprint.get(json) as number;
    this.fingerprints.set(json, id);
    return id;
  }

  private picture({ path, sha256, camera, bytes, keptMs, frameId, crop, embedding }: PictureRecord): void {
    const about = [path, sha256, camera, bytes, Math.round(keptMs), frameId, crop?.track ?? null, crop?.target ?? null];
    const box = crop && JSON.stringify(crop.box);
    const id = this.insertPicture.get(...about, box) as number;
    if (!embedding) return;
    const { vector, model } = embedding;
    const blob = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    const { changes } = this.insertEmbedding.run(id, model.id, model.sha256, Math.round(keptMs), blob);
    if (changes > 0) this.tallies.added('embeddings', 1, EMBEDDING_BYTES + blob.length);
  }

  private picturesDeleted({ paths, atMs }: PicturesDeletedRecord): void {
    for (const path of paths) this.markDeleted.run(Math.round(atMs), path);
  }

  private label({ sha256, target, verdict, person, atMs }: LabelRecord): void {
    this.insertLabel.run(sha256, target, verdict, person, Math.round(atMs));
  }

  private downtime({ what, name, state, atMs, reason }: DowntimeRecord): void {
    if (state === 'down') this.goDown.run({ run: this.run, what, name, atMs: Math.round(atMs), reason });
    else this.comeUp.run({ what, name, atMs: Math.round(atMs) });
  }

  private clockOffset({ offsetMs, seenMs, trust }: ClockOffsetRecord): void {
    this.insertOffset.run(this.run, Math.round(offsetMs), Math.round(seenMs), trust);
  }
}
