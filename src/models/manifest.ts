import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from './json-file.js';

export const MANIFEST_NAME = 'fieldscout-model.json';

export const modelId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'use 1 to 64 letters, digits, ".", "_", "@" or "-"');

export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 lower-case hexadecimal digits');

/** A path that stays inside the folder that it is joined to, on every operating system. */
export const containedPath = z
  .string()
  .max(200)
  .refine(
    (path) => path.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part)),
    'must be a relative path of plain names joined by "/", without ".."',
  );

const fileFacts = z.strictObject({ sha256: sha256Hex, bytes: z.int().min(0) });

/** What a model folder says about itself; the numbers that no ONNX file holds. */
export const manifestSchema = z.strictObject({
  id: modelId,
  kind: z.enum(['clip', 'siglip']),
  logitScale: z.number().positive().max(10_000),
  logitBias: z.number().min(-1000).max(1000).default(0),
  embeddingSize: z.int().min(1).max(65_536),
  maxTokens: z.int().min(1).max(8192).optional(),
  files: z.record(containedPath, fileFacts).default({}),
  negatives: z
    .array(z.string().trim().min(1).max(300))
    .max(50)
    .default([])
    .describe(
      'What the model was taught to call what is none of the targets; joins the negatives of every prompt set.',
    ),
  centreSampled: z
    .boolean()
    .default(false)
    .describe('The model was taught that a tile is of a target where its middle lies on it, and of nothing beside it.'),
  unchecked: z.array(containedPath).default([]).describe('Files whose hash is that of what the server gave.'),
  licence: z.string().max(500).nullable().default(null),
  source: z.string().max(2000).nullable().default(null),
  note: z.string().max(4000).default(''),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type FileFacts = z.infer<typeof fileFacts>;

/**
 * @returns the folder's manifest, null where it has none.
 * @throws FieldscoutError MODEL_INVALID where it is no manifest.
 */
export function readManifest(dir: string): Promise<Manifest | null> {
  return readJsonFile(join(dir, MANIFEST_NAME), manifestSchema);
}

/** Writes the manifest so that a power cut leaves the old one or the new one, never a half. */
export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const path = join(dir, MANIFEST_NAME);
  const handle = await open(`${path}.tmp`, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
}
