import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.js';
import { FieldscoutError } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import { KeptPictures } from '../journal/kept-pictures.js';
import { type NodeStateFile, openNodeState } from '../journal/node-state.js';
import { openJournal } from '../journal/open-journal.js';
import { SCHEMA_VERSION } from '../uplink/payloads.js';
import type { Topics } from '../uplink/topics.js';
import { storageRefusal, takeStorage } from './storage-place.js';

export interface NodeStorage {
  readonly dir: string;
  readonly state: NodeStateFile;
  readonly pictures: KeptPictures;
  readonly journal: Journal;
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
  const { dir, release } = await takeStorage(storage.dir, baseDir);
  log.info(`State: ${dir}`);
  const onDeleted = (count: number, bytes: number) =>
    log.info({ count, bytes }, 'deleted the oldest pictures to stay within storage.maxPictureBytes');
  const pictures = new KeptPictures(join(dir, 'pictures'), storage.maxPictureBytes, onDeleted);
  let journal: Journal | undefined;
  try {
    const say = { info: (line: string) => log.info(line), warn: (line: string) => log.warn(line) };
    const state = await openNodeState(join(dir, 'node.json'), say.warn);
    journal = await openJournal({ dir, bootId, gaps: { topic: topics.gaps, schema: SCHEMA_VERSION }, log: say });
    await pictures.open();
    const opened = journal;
    const close = async () => {
      await opened.close();
      release();
    };
    return { dir, state, pictures, journal: opened, close };
  } catch (cause) {
    await journal?.close();
    release();
    throw cause instanceof FieldscoutError ? cause : storageRefusal(dir, cause);
  }
}
