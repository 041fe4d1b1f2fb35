import { join } from 'node:path';
import { z } from 'zod';
import { bundledModels } from '../paths.js';
import { readYamlFile } from '../yaml-file.js';
import { containedPath, modelId, sha256Hex } from './manifest.js';

/** True for https, and for plain http on this machine: elsewhere anyone on the way could exchange a model. */
export function isTrustedTransport(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

const registryFile = z.strictObject({
  path: containedPath,
  url: z.url().refine((url) => isTrustedTransport(new URL(url)), 'use an https:// address'),
  sha256: sha256Hex.nullable().describe('null: nobody has checked.'),
  bytes: z.int().min(1).nullable().describe('Exact size; null: nobody has checked.'),
});

const model = z
  .strictObject({
    id: modelId,
    title: z.string().min(1),
    kind: z.enum(['clip', 'siglip']),
    licence: z.string().min(1),
    homepage: z.url(),
    approximateBytes: z.int().min(1).describe('Of the whole download, give or take a tenth.'),
    inputSize: z.int().min(8).max(4096).describe('Side of the square input in pixels.'),
    embeddingSize: z.int().min(1),
    logitScale: z.number().positive(),
    logitBias: z.number().default(0),
    maxTokens: z.int().min(1).optional(),
    goodFor: z.string().min(1),
    files: z.array(registryFile).default([]),
    export: z.string().min(1).optional().describe('How to make the ONNX files where nobody publishes them.'),
  })
  .refine((entry) => entry.files.length > 0 !== (entry.export !== undefined), 'needs either files or export')
  .refine((entry) => new Set(entry.files.map(({ path }) => path)).size === entry.files.length, 'a path comes twice');

export const registrySchema = z
  .strictObject({ models: z.array(model).default([]) })
  .refine(({ models }) => new Set(models.map(({ id }) => id)).size === models.length, 'a model id comes twice');

export type Registry = z.infer<typeof registrySchema>;
export type RegistryEntry = Registry['models'][number];
export type RegistryFile = RegistryEntry['files'][number];

export const bundledRegistry = join(bundledModels, 'registry.yaml');

/** @throws FieldscoutError MODEL_INVALID that names the line of the first fault. */
export function readRegistry(path: string = bundledRegistry): Promise<Registry> {
  return readYamlFile(path, registrySchema, { unreadable: 'MODEL_INVALID', invalid: 'MODEL_INVALID' });
}
