import { join } from 'node:path';
import type { Logger } from 'pino';
import { stateDirectory } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import { errorLine, FieldscoutError } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import { KeptPictures } from '../journal/kept-pictures.js';
import { type NodeStateFile, openNodeState } from '../journal/node-state.js';
import { openJournal } from '../journal/open-journal.js';
import { Reserve } from '../journal/reserve.js';
import type { JournalLimits } from '../journal/retention.js';
import { SCHEMA_VERSION } from '../uplink/payloads.js';
import type { Topics } from '../uplink/topics.js';
import { keepIdentity } from './keep-identity.js';
import { storageRefusal, takeStorage } from './storage-place.js';
import { within } from './within.js';

const WRITE_MS = 500;

export interface NodeStorage {
  readonly dir: string;
  readonly state: NodeStateFile;
  readonly pictures: KeptPictures;
  readonly journal: Journal;
  /** Deletes pictures that are too old, unless the clock is known to be wrong, and holds back some room. */
  tidy(trustsClock: boolean): Promise<void>;
  /** Gives what was held back of the disk for the last events of a node that stops while it is full. */
  makeRoom(): Promise<void>;
  /** What is wrong with it now, for health. */
  warnings(): readonly string[];
  /** Writes what waits, and gives the folder free. */
  close(): Promise<void>;
}

export interface StorageSurroundings {
  readonly storage: Config['storage'];
  readonly baseDir: string;
  readonly bootId: string;
  readonly topics: Topics;
  readonly log: Logger;
}

/** Takes the node's folder, and opens what outlives a restart. @throws FieldscoutError STORAGE_FAILED */
export async function openStorage({
  storage,
  baseDir,
  bootId,
  topics,
  log,
}: StorageSurroundings): Promise<NodeStorage> {
  const { dir, inUse, release } = await takeStorage(
    storage.dir,
    storage.dir === undefined ? (stateDirectory() ?? baseDir) : baseDir,
  );
  if (inUse !== undefined)
    log.warn(`${inUse} is in use by another node: this one keeps its own state in ${dir} (storage.dir)`);
  log.info(`State: ${dir}`);
  let journal: Journal | undefined;
  const pictures = new KeptPictures({
    dir: join(dir, 'pictures'),
    maxBytes: storage.maxPictureBytes,
    maxDays: storage.maxPictureDays,
    minFreeBytes: storage.minFreeBytes,
    onDeleted: (paths, bytes) => {
      journal?.record({ type: 'pictures-deleted', paths, atMs: Date.now() });
      const limits = 'storage.maxPictureBytes and maxPictureDays';
      log.info({ count: paths.length, bytes }, `deleted the oldest pictures to stay within ${limits}`);
    },
    onFault: (path, error) => log.warn(`${path} counts for no limit: ${errorLine(error)}`),
    now: Date.now,
  });
  try {
    const say = { info: (line: string) => log.info(line), warn: (line: string) => log.warn(line) };
    const state = await openNodeState(join(dir, 'node.json'), say.warn);
    const gaps = { topic: topics.gaps, schema: SCHEMA_VERSION };
    const { hasRunBefore } = state;
    journal = await openJournal({ dir, bootId, hasRunBefore, gaps, limits: limitsOf(storage), log: say });
    await pictures.open();
    await keepIdentity(state, topics.base, say.warn);
    const opened = journal;
    const close = async () => {
      await within(WRITE_MS, pictures.written());
      await opened.close();
      release();
    };
    const warnings = () => warningsOf(pictures, opened, storage);
    const reserve = new Reserve(join(dir, 'reserve'));
    const tidy = async (trustsClock: boolean) => {
      await Promise.all([reserve.take(), pictures.tidy(trustsClock)]);
    };
    const makeRoom = () => reserve.giveUp();
    return { dir, state, pictures, journal: opened, tidy, makeRoom, warnings, close };
  } catch (cause) {
    await journal?.close();
    release();
    throw cause instanceof FieldscoutError ? cause : storageRefusal(dir, cause);
  }
}

function limitsOf(storage: Config['storage']): JournalLimits {
  return {
    outbox: { maxBytes: storage.maxOutboxBytes, maxDays: storage.maxOutboxDays },
    messages: { maxBytes: storage.maxEventBytes, maxDays: storage.maxEventDays },
    detections: { maxBytes: storage.maxDetectionBytes, maxDays: storage.maxDetectionDays },
    embeddings: { maxBytes: storage.maxEmbeddingBytes, maxDays: storage.maxEmbeddingDays },
  };
}

function warningsOf(pictures: KeptPictures, journal: Journal, { minFreeBytes }: Config['storage']): readonly string[] {
  const { 'disk-low': low, 'disk-slow': slow } = pictures.notKept;
  const lost = Object.entries(journal.lost).map(([type, count]) => `${type}: ${count}`);
  return [
    ...(pictures.isDiskLow ? [`less than ${minFreeBytes} bytes are free on the disk: no pictures are kept`] : []),
    ...(low > 0 ? [`pictures not kept because the disk is low: ${low}`] : []),
    ...(slow > 0 ? [`pictures not kept because the disk is slow: ${slow}`] : []),
    ...(lost.length > 0 ? [`records that the disk did not take, ${lost.join(', ')}`] : []),
  ];
}
