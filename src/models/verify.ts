import { join } from 'node:path';
import { FieldscoutError } from '../errors.js';
import { isFile } from '../regular-file.js';
import { hashFile } from './file-hash.js';
import { type FileFacts, MANIFEST_NAME, readManifest } from './manifest.js';
import { onnxNames } from './onnx-files.js';

export interface VerifiedFile {
  readonly path: string;
  /** `unlisted`: an ONNX file of which the manifest says nothing. */
  readonly state: 'ok' | 'changed' | 'missing' | 'unlisted';
  readonly expected: FileFacts | null;
  readonly found: FileFacts | null;
}

export interface Verification {
  readonly id: string;
  readonly dir: string;
  /** True where every listed file is there, unchanged. */
  readonly ok: boolean;
  readonly files: readonly VerifiedFile[];
}

/**
 * Hashes every file of a model folder again and compares it with the manifest.
 * @throws FieldscoutError MODEL_INVALID where there is no manifest to compare with.
 */
export async function verify(dir: string): Promise<Verification> {
  const manifest = await readManifest(dir);
  if (manifest === null)
    throw new FieldscoutError(
      'MODEL_INVALID',
      `${dir} has no ${MANIFEST_NAME}, so there is nothing to verify its files against.`,
      'Pull the model again, or write its manifest.',
    );
  const files: VerifiedFile[] = [];
  for (const [path, expected] of Object.entries(manifest.files)) files.push(await verifyFile(dir, path, expected));
  for (const name of await onnxNames(dir))
    if (/\.onnx(_data.*)?$/.test(name) && !manifest.files[`onnx/${name}`])
      files.push({ path: `onnx/${name}`, state: 'unlisted', expected: null, found: null });
  const ok = files.every(({ state }) => state === 'ok' || state === 'unlisted');
  return { id: manifest.id, dir, ok, files };
}

async function verifyFile(dir: string, path: string, expected: FileFacts): Promise<VerifiedFile> {
  if (!(await isFile(join(dir, path)))) return { path, state: 'missing', expected, found: null };
  const found = await hashFile(join(dir, path));
  return { path, state: found.sha256 === expected.sha256 ? 'ok' : 'changed', expected, found };
}
