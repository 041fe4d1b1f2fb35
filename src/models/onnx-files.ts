import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../types.js';

export type TowerFiles = Readonly<Partial<Record<Precision, string>>>;

/** Suffixes of the files by precision, preferred first: QInt8 weights run faster than unsigned ones on CPUs. */
const SUFFIXES: Readonly<Record<Precision, readonly string[]>> = {
  fp32: [''],
  fp16: ['_fp16'],
  int8: ['_int8', '_quantized', '_q8', '_uint8'],
};

/** The files of one tower (paths relative to the model folder) among the names in `onnx/`; other suffixes are ignored. */
export function towerFiles(tower: 'vision' | 'text', names: readonly string[]): TowerFiles {
  const found: Partial<Record<Precision, string>> = {};
  for (const precision of ['fp32', 'fp16', 'int8'] as const) {
    const name = SUFFIXES[precision].map((suffix) => `${tower}_model${suffix}.onnx`).find((n) => names.includes(n));
    if (name) found[precision] = `onnx/${name}`;
  }
  return found;
}

/** Weights that lie beside an ONNX file because it would be too large with them. */
export function externalData(onnxFile: string, names: readonly string[]): readonly string[] {
  const base = onnxFile.slice('onnx/'.length);
  return names
    .filter((name) => name.startsWith(`${base}_data`) || name.startsWith(`${base}.data`))
    .map((name) => `onnx/${name}`);
}

/** Names in the folder's `onnx/`, none where there is no such folder. */
export async function onnxNames(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(join(dir, 'onnx'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
