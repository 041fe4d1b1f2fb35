import { basename, dirname, join, resolve } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { isFile } from '../regular-file.js';
import type { Calibration, Precision } from '../types.js';
import { combinedHash, hashFileOnce } from './file-hash.js';
import { readJsonFile } from './json-file.js';
import { findModelFolder } from './locate.js';
import { MANIFEST_NAME, type Manifest, readManifest } from './manifest.js';
import {
  embeddingSizeOf,
  kindOf,
  type ModelConfig,
  maxTokensOf,
  modelConfigSchema,
  tokenizerConfigSchema,
  vocabularySchema,
} from './model-config.js';
import type { ModelFolder } from './model-folder.js';
import { externalData, onnxNames, type TowerFiles, towerFiles } from './onnx-files.js';
import { preprocessorConfigSchema, preprocessorFrom } from './preprocessor-config.js';

export interface OpenOptions {
  /** Folders that hold model folders by id, first one first. */
  readonly searchDirs: readonly string[];
  /** False trusts the manifest's hashes instead of reading the files: for lists, never for a model that will run. */
  readonly hash?: boolean;
}

/**
 * Reads and checks a model folder without loading the model.
 * @param idOrDir a model id, looked for in `searchDirs`, or a folder's path.
 * @throws FieldscoutError MODEL_UNKNOWN, MODEL_INVALID or MODEL_HASH_MISMATCH.
 */
export async function openModelFolder(idOrDir: string, options: OpenOptions): Promise<ModelFolder> {
  const dir = await findModelFolder(idOrDir, options.searchDirs);
  const [manifest, config, tokenizer, vocabulary, names] = await Promise.all([
    readManifest(dir),
    readJsonFile(join(dir, 'config.json'), modelConfigSchema),
    readJsonFile(join(dir, 'tokenizer_config.json'), tokenizerConfigSchema),
    readJsonFile(join(dir, 'vocabulary.json'), vocabularySchema),
    onnxNames(dir),
  ]);
  const kind = manifest?.kind ?? kindFrom(config, dir);
  const vision = foundTower('vision', names, dir);
  const text = foundTower('text', names, dir);
  const preprocessor = await readPreprocessor(dir, kind);
  await requireFile(dir, 'tokenizer.json');
  const onnx = [...Object.values(vision), ...Object.values(text)];
  const used = [
    ...onnx,
    ...onnx.flatMap((file) => externalData(file, names)),
    'tokenizer.json',
    'preprocessor_config.json',
  ];
  const isOfAList = options.searchDirs.some((place) => resolve(place) === dirname(resolve(dir)));
  const sha256 = await fingerprint(dir, used, manifest, { read: options.hash ?? true, isOfAList });
  const calibration = calibrationFrom(manifest, kind);
  const unlisted = used.filter((path) => !manifest?.files[path]);
  return {
    ref: { id: manifest?.id ?? basename(resolve(dir)), sha256 },
    dir,
    kind,
    calibration,
    embeddingSize: manifest?.embeddingSize ?? embeddingSizeOf(config ?? {}, kind),
    preprocessor,
    visionFiles: absolute(dir, vision),
    textFiles: absolute(dir, text),
    tokenizerFile: join(dir, 'tokenizer.json'),
    maxTokens: manifest?.maxTokens ?? maxTokensOf(config ?? {}, tokenizer ?? {}, kind),
    padToMax: kind === 'siglip',
    centreSampled: manifest?.centreSampled ?? false,
    negatives: manifest?.negatives ?? [],
    vocabulary: vocabulary && new Set(vocabulary.words),
    licence: manifest?.licence ?? null,
    source: manifest?.source ?? null,
    unchecked: [...unlisted, ...(manifest?.unchecked ?? [])],
    warnings: manifest ? unlistedWarnings(dir, unlisted) : [assumedWarning(dir, calibration)],
  };
}

/**
 * SigLIP's sigmoid needs a bias: with 0 every pair would score near 1. These are the learnt values of SigLIP base,
 * patch 16, 224 px; its larger siblings lie near them.
 */
const ASSUMED = {
  clip: { logitScale: 100, logitBias: 0 },
  siglip: { logitScale: 117.330765, logitBias: -12.932437 },
} as const;

function calibrationFrom(manifest: Manifest | null, kind: 'clip' | 'siglip'): Calibration {
  if (!manifest) return { kind, ...ASSUMED[kind], origin: 'assumed' };
  return { kind, logitScale: manifest.logitScale, logitBias: manifest.logitBias, origin: 'manifest' };
}

function assumedWarning(dir: string, { kind, logitScale, logitBias }: Calibration): string {
  const assumed =
    kind === 'siglip' ? `logit scale ${logitScale} and bias ${logitBias} are` : `a logit scale of ${logitScale} is`;
  return (
    `${dir} has no ${MANIFEST_NAME}: ${assumed} assumed, so scores may be off. ` +
    `Write it there with the learnt values: {"id": "...", "kind": "${kind}", "logitScale": ..., "logitBias": ..., ` +
    `"embeddingSize": ...}.`
  );
}

function unlistedWarnings(dir: string, unlisted: readonly string[]): readonly string[] {
  if (unlisted.length === 0) return [];
  return [`${dir}: ${MANIFEST_NAME} holds no hash of ${unlisted.join(', ')}: nothing vouches for them.`];
}

function kindFrom(config: ModelConfig | null, dir: string): 'clip' | 'siglip' {
  const kind = config && kindOf(config);
  if (kind) return kind;
  const why = config ? `config.json says model_type ${config.model_type ?? '(nothing)'}` : 'it has no config.json';
  throw new FieldscoutError(
    'MODEL_INVALID',
    `${dir} is neither a CLIP nor a SigLIP model as far as can be told: ${why}.`,
    `Write ${MANIFEST_NAME} there with its kind, logitScale, logitBias and embeddingSize.`,
  );
}

function foundTower(tower: 'vision' | 'text', names: readonly string[], dir: string): TowerFiles {
  const files = towerFiles(tower, names);
  if (Object.keys(files).length > 0) return files;
  throw new FieldscoutError(
    'MODEL_INVALID',
    `${dir} has no ${tower} tower: neither onnx/${tower}_model.onnx nor its _fp16, _int8 or _quantized variant.`,
    'Export the two towers as separate ONNX files, as Hugging Face does for CLIP.',
  );
}

async function readPreprocessor(dir: string, kind: 'clip' | 'siglip') {
  const name = join(dir, 'preprocessor_config.json');
  const config = await readJsonFile(name, preprocessorConfigSchema);
  if (config) return preprocessorFrom(config, kind, name);
  throw missing(dir, 'preprocessor_config.json');
}

async function requireFile(dir: string, name: string): Promise<void> {
  if (!(await isFile(join(dir, name)))) throw missing(dir, name);
}

function missing(dir: string, name: string): FieldscoutError {
  return new FieldscoutError('MODEL_INVALID', `${dir} has no ${name}.`, 'Copy it from where the model came from.');
}

/** One hash of all files that decide what the model answers, whichever precision runs. */
async function fingerprint(
  dir: string,
  used: readonly string[],
  manifest: Manifest | null,
  { read, isOfAList }: { readonly read: boolean; readonly isOfAList: boolean },
): Promise<string> {
  const hashes: Record<string, string> = {};
  for (const path of used) {
    const listed = manifest?.files[path]?.sha256;
    const sha256 = listed && !read ? listed : (await hashFileOnce(join(dir, path))).sha256;
    if (listed && listed !== sha256)
      throw mismatch(join(dir, path), listed, sha256, isOfAList ? manifest.id : undefined);
    hashes[path] = sha256;
  }
  return combinedHash(hashes);
}

/** @param id where the model can be fetched; a folder that a person named is not what a registry gives. */
function mismatch(path: string, expected: string, got: string, id: string | undefined): FieldscoutError {
  return new FieldscoutError(
    'MODEL_HASH_MISMATCH',
    `${path} is not the file that its manifest describes: SHA-256 ${got}, expected ${expected}.`,
    `${id === undefined ? 'Copy it from where the model came from' : `Fetch the model again (fieldscout models pull ${id})`}, or correct ${MANIFEST_NAME} if the change was meant.`,
  );
}

function absolute(dir: string, files: TowerFiles): TowerFiles {
  const entries = Object.entries(files) as [Precision, string][];
  return Object.fromEntries(entries.map(([precision, path]) => [precision, join(dir, path)]));
}
