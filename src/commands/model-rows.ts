import type { ModelFolder } from '../models/model-folder.js';
import type { RegistryEntry } from '../models/registry.js';
import { readableBytes } from './pull-progress.js';

/** A model as `models list` tells it. */
export interface ModelRow {
  readonly id: string;
  readonly title: string | null;
  readonly kind: string;
  readonly licence: string | null;
  readonly source: string | null;
  /** Folder of an installed model. */
  readonly dir: string | null;
  readonly pullable: boolean;
  /** True where somebody checked the hash of every file: of those that are here or, before, of those that would come. */
  readonly hashesChecked: boolean;
  readonly approximateBytes: number | null;
  readonly inputSize: number;
  readonly embeddingSize: number | null;
  readonly goodFor: string | null;
}

/** A model that is here and in no registry. */
export function installedRow({ ref, kind, dir, preprocessor, embeddingSize, ...folder }: ModelFolder): ModelRow {
  return {
    id: ref.id,
    title: null,
    kind,
    licence: folder.licence,
    source: folder.source,
    dir,
    pullable: false,
    hashesChecked: folder.unchecked.length === 0,
    approximateBytes: null,
    inputSize: preprocessor.inputSize,
    embeddingSize,
    goodFor: null,
  };
}

/** @param folder the model's own, where it is here already */
export function registryRow(entry: RegistryEntry, folder: ModelFolder | undefined): ModelRow {
  const { id, title, kind, licence, homepage, approximateBytes, inputSize, embeddingSize, goodFor } = entry;
  return {
    id,
    title,
    kind,
    licence,
    source: homepage,
    dir: folder?.dir ?? null,
    pullable: entry.files.length > 0,
    hashesChecked: folder ? folder.unchecked.length === 0 : hashesChecked(entry),
    approximateBytes,
    inputSize,
    embeddingSize,
    goodFor,
  };
}

export function hashesChecked({ files }: RegistryEntry): boolean {
  return files.length > 0 && files.every(({ sha256 }) => sha256 !== null);
}

/** Three lines a model: what it is, what it is good for, and what stands behind it. */
export function listText(rows: readonly ModelRow[]): readonly string[] {
  const width = Math.max(...rows.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 2);
  return rows.flatMap((row) => [
    `${row.id.padEnd(width)}  ${stateOf(row).padEnd(12)}  ${row.title ?? row.dir}`,
    ...(row.goodFor ? [`${indent}${row.goodFor}`] : []),
    `${indent}licence: ${row.licence ?? 'unknown'}; from: ${row.source ?? 'unknown'}; ${hashState(row)}`,
  ]);
}

function stateOf({ dir, pullable, approximateBytes }: ModelRow): string {
  if (dir !== null) return 'installed';
  return pullable ? `~${readableBytes(approximateBytes ?? 0)}` : 'needs export';
}

function hashState({ dir, pullable, hashesChecked }: ModelRow): string {
  if (dir === null && !pullable) return 'no files published, so no hashes';
  return hashesChecked ? 'hashes checked' : 'hashes NOT checked by anybody';
}
