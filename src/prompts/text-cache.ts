import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { errorLine } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import type { TextTowerRef } from '../types.js';

export interface TextCacheOptions {
  readonly dir: string;
  /** Takes one line for each file that is of no use; the texts are encoded again. */
  readonly warn: (line: string) => void;
  readonly nowMs?: () => number;
}

/** Temporary files older than this belong to no writer that still lives. */
const LEFTOVER_AFTER_MS = 3_600_000;
const NORM_TOLERANCE = 1e-2;
const isMissing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Text embeddings on disk: `<dir>/<16 hex of the model>-<precision>/<sha256(model \0 text)>.f32`, little-endian float32. It only saves
 * time: a file that cannot be read or written costs an encoding and a warning, never a failure.
 */
export class TextCache {
  readonly #dir: string;
  readonly #warn: (line: string) => void;
  readonly #nowMs: () => number;
  readonly #readyDirs = new Map<string, Promise<void>>();
  #writeFailed = false;

  constructor({ dir, warn, nowMs = Date.now }: TextCacheOptions) {
    this.#dir = dir;
    this.#warn = warn;
    this.#nowMs = nowMs;
  }

  pathOf(tower: TextTowerRef, text: string): string {
    const key = createHash('sha256').update(`${tower.sha256}\0${text}`).digest('hex');
    return join(this.#dirOf(tower), `${key}.f32`);
  }

  /** @returns float32[embeddingSize] of length 1, or null where there is none that can be trusted. */
  async read(tower: TextTowerRef, text: string, embeddingSize: number): Promise<Float32Array | null> {
    const path = this.pathOf(tower, text);
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      if (!isMissing(cause)) this.#warn(`${path} cannot be read (${errorLine(cause)}); its text is encoded again.`);
      return null;
    }
    const fault = bytes.length === embeddingSize * 4 ? null : `has ${bytes.length} bytes, not ${embeddingSize * 4}`;
    const embedding = fault ? null : fromLittleEndian(bytes);
    if (embedding && Math.abs(Math.hypot(...embedding) - 1) < NORM_TOLERANCE) return embedding;
    this.#warn(`${path} ${fault ?? 'holds no embedding of length 1'}; its text is encoded again.`);
    return null;
  }

  /** Whole or not at all, also at a power cut. */
  async write(tower: TextTowerRef, text: string, embedding: Float32Array): Promise<void> {
    const path = this.pathOf(tower, text);
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await this.#ready(tower);
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(toLittleEndian(embedding));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      if (this.#writeFailed) return;
      this.#writeFailed = true;
      this.#warn(`${path} cannot be written (${errorLine(cause)}); texts will be encoded again at the next start.`);
    }
  }

  #dirOf(tower: TextTowerRef): string {
    return join(this.#dir, `${tower.sha256.slice(0, 16)}-${tower.precision}`);
  }

  #ready(tower: TextTowerRef): Promise<void> {
    const dir = this.#dirOf(tower);
    let ready = this.#readyDirs.get(dir);
    if (ready === undefined) {
      ready = this.#makeAndSweep(dir);
      ready.catch(() => this.#readyDirs.delete(dir));
      this.#readyDirs.set(dir, ready);
    }
    return ready;
  }

  async #makeAndSweep(dir: string): Promise<void> {
    await makeFolder(dir);
    for (const name of await readdir(dir)) {
      if (!name.endsWith('.tmp')) continue;
      const path = join(dir, name);
      try {
        if (this.#nowMs() - (await stat(path)).mtimeMs > LEFTOVER_AFTER_MS) await rm(path, { force: true });
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
      }
    }
  }
}

function toLittleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.slice().buffer);
  return endianness() === 'LE' ? bytes : bytes.swap32();
}

function fromLittleEndian(bytes: Buffer): Float32Array {
  const own = Buffer.from(Uint8Array.from(bytes).buffer);
  if (endianness() === 'BE') own.swap32();
  return new Float32Array(own.buffer, own.byteOffset, own.length / 4);
}
