import type { Database } from 'better-sqlite3';
import { FieldscoutError } from '../errors.js';

/**
 * The schema, one step a version; `PRAGMA user_version` counts those that a file has. A step that was released is never edited:
 * a change is another step. Times are Unix milliseconds as the node's clock had them then; they are never rewritten
 * (`clock_offsets` says by how much they were wrong).
 */
const STEPS: readonly string[] = [
  `
  -- Each run of the daemon. last_alive_ms is the last commit: where stopped is 0, the node went down at some moment after it.
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    boot_id TEXT NOT NULL UNIQUE,
    started_ms INTEGER NOT NULL,
    last_alive_ms INTEGER NOT NULL,
    stopped INTEGER NOT NULL DEFAULT 0
  );

  -- All that was accepted. AUTOINCREMENT: a sequence is never given twice, even when its row is gone.
  CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    accepted_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    camera TEXT,
    id TEXT,
    json TEXT NOT NULL,
    bytes INTEGER NOT NULL
  );
  CREATE VIEW events AS
    SELECT sequence, id, kind AS type, camera, json ->> '$.after.id' AS track, json ->> '$.after.target' AS target,
      json ->> '$.at' AS at, json ->> '$.clock' AS clock, accepted_ms, (SELECT boot_id FROM runs WHERE runs.id = run) AS boot_id, json
    FROM messages WHERE kind IN ('new', 'update', 'end');
  CREATE VIEW alerts AS
    SELECT sequence, id, json ->> '$.state' AS state, camera, json ->> '$.rule' AS rule, json ->> '$.target' AS target,
      json ->> '$.at' AS at, json ->> '$.clock' AS clock, accepted_ms, (SELECT boot_id FROM runs WHERE runs.id = run) AS boot_id, json
    FROM messages WHERE kind = 'alert';

  -- What waits for the broker; its content is the message of that sequence. rank: the least is given up first.
  CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY REFERENCES messages (sequence),
    rank INTEGER NOT NULL,
    topic TEXT NOT NULL,
    retain INTEGER NOT NULL
  );
  CREATE INDEX outbox_by_rank ON outbox (rank, sequence);
  -- Entries given up, by reason.
  CREATE TABLE drops (reason TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;

  -- What every number of a frame can be traced to, once for all frames that share it.
  CREATE TABLE fingerprints (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE);
  -- One row a frame: looked at, or dropped with its reason. frame_id where it was looked at and something was found.
  CREATE TABLE frames (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    camera TEXT NOT NULL,
    captured_ms INTEGER NOT NULL,
    clock TEXT NOT NULL,
    source TEXT NOT NULL,
    dropped TEXT,
    quality TEXT,
    frame_id TEXT,
    width INTEGER,
    height INTEGER,
    tiles INTEGER,
    fingerprint INTEGER REFERENCES fingerprints (id),
    bytes INTEGER NOT NULL
  );
  CREATE TABLE detections (
    frame INTEGER NOT NULL REFERENCES frames (id),
    number INTEGER NOT NULL,
    target TEXT NOT NULL,
    prompt TEXT NOT NULL,
    score REAL,
    similarity REAL NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
    scale INTEGER NOT NULL,
    PRIMARY KEY (frame, number)
  ) WITHOUT ROWID;

  -- Pictures kept as files; track, target and box (JSON, frame pixels) of a crop; deleted_ms once the file is gone.
  CREATE TABLE pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    camera TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    kept_ms INTEGER NOT NULL,
    frame_id TEXT NOT NULL,
    track TEXT,
    target TEXT,
    box TEXT,
    deleted_ms INTEGER
  );
  -- float32[n], little-endian, L2-normalised; never compared with those of another model.
  CREATE TABLE embeddings (
    picture INTEGER PRIMARY KEY REFERENCES pictures (id),
    model_id TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    vector BLOB NOT NULL
  );
  -- A person's verdict on a kept picture.
  CREATE TABLE labels (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    target TEXT,
    verdict TEXT NOT NULL,
    person TEXT,
    at_ms INTEGER NOT NULL
  );
  CREATE INDEX labels_by_picture ON labels (sha256);

  -- When nothing was seen or told, without which counts mean nothing. to_ms is null while it lasts.
  CREATE TABLE downtime (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    what TEXT NOT NULL CHECK (what IN ('node', 'camera', 'uplink')),
    name TEXT,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER,
    reason TEXT
  );
  CREATE INDEX downtime_open ON downtime (what, name) WHERE to_ms IS NULL;
  -- From at_sequence on, the clock of that run showed offset_ms more than before.
  CREATE TABLE clock_offsets (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    at_sequence INTEGER NOT NULL,
    at_frame INTEGER NOT NULL,
    offset_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    trust TEXT NOT NULL
  );

  -- Rows and bytes by what retention limits, and what it has deleted.
  CREATE TABLE tallies (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    deleted_rows INTEGER NOT NULL,
    deleted_bytes INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- The newest alert is looked for at each start, among millions of messages.
  CREATE INDEX messages_alerts ON messages (sequence) WHERE kind = 'alert';
  `,
];

export const SCHEMA_STEPS = STEPS.length;

/** Brings the file to this program's schema. @throws FieldscoutError STORAGE_FAILED for a file of a newer program */
export function migrate(db: Database, steps: readonly string[] = STEPS): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > steps.length) {
    throw new FieldscoutError(
      'STORAGE_FAILED',
      `${db.name} has schema ${version}; this version of Fieldscout knows ${steps.length}.`,
      'Run the newer version again, or set storage.dir to another folder.',
    );
  }
  for (const [i, step] of steps.entries()) {
    if (i < version) continue;
    db.transaction(() => {
      db.exec(step);
      db.pragma(`user_version = ${i + 1}`);
    }).immediate();
  }
}
