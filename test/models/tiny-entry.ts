import { createHash } from 'node:crypto';
import type { RegistryEntry } from '../../src/models/registry.js';
import type { ModelServer } from './model-server.js';

export const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

/** Bytes that look random and are the same in every run. */
export function bytes(length: number, seed: string): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < length; at += 32) blocks.push(createHash('sha256').update(`${seed}:${at}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

const JSON_FILES = {
  'tokenizer.json': '{}',
  'preprocessor_config.json': '{"size": 32, "crop_size": 32}',
  'config.json': '{"model_type": "clip"}',
};

/** Puts a small model on the server. @returns its registry entry, hashes of all files known unless told otherwise. */
export function serveModel(server: ModelServer, options: { readonly hashes?: boolean } = {}): RegistryEntry {
  server.files.set('onnx/vision_model.onnx', bytes(200_000, 'vision'));
  server.files.set('onnx/text_model.onnx', bytes(3_000, 'text'));
  for (const [path, text] of Object.entries(JSON_FILES)) server.files.set(path, Buffer.from(text));
  return {
    id: 'tiny',
    title: 'Tiny',
    kind: 'clip',
    licence: 'MIT',
    homepage: 'https://models.example/tiny',
    approximateBytes: 203_000,
    inputSize: 32,
    embeddingSize: 8,
    logitScale: 50,
    logitBias: 0,
    maxTokens: 16,
    goodFor: 'tests',
    files: [...server.files].map(([path, body]) => ({
      path,
      url: server.url(path),
      sha256: options.hashes === false ? null : sha256(body),
      bytes: options.hashes === false ? null : body.length,
    })),
  };
}

/** The entry with one file's facts replaced. */
export function withFile(
  entry: RegistryEntry,
  path: string,
  change: Partial<RegistryEntry['files'][number]>,
): RegistryEntry {
  return { ...entry, files: entry.files.map((file) => (file.path === path ? { ...file, ...change } : file)) };
}
