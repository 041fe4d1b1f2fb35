import type { ModelFolder } from '../models/model-folder.js';
import type { RegistryEntry } from '../models/registry.js';
import type { Verification, VerifiedFile } from '../models/verify.js';
import { readableBytes } from './pull-progress.js';

/** A folder that could not be compared with its manifest. */
export interface Unverified extends Verification {
  /** Why, in one line. */
  readonly error: string;
}

/** What is known of a model that is not here. */
export function entryText(entry: RegistryEntry, target: string): readonly string[] {
  const unchecked = entry.files.filter(({ sha256 }) => sha256 === null).map(({ path }) => path);
  return [
    `${entry.id}: ${entry.title}`,
    `kind         ${entry.kind}, ${entry.inputSize} px, ${entry.embeddingSize} dimensions`,
    `calibration  logit scale ${entry.logitScale}, bias ${entry.logitBias}`,
    `good for     ${entry.goodFor}`,
    `licence      ${entry.licence}`,
    `from         ${entry.homepage}`,
    `hashes       ${entry.files.length === 0 ? 'none: no files are published' : hashText(unchecked)}`,
    `size         about ${readableBytes(entry.approximateBytes)}`,
    entry.export === undefined
      ? `not here     fieldscout models pull ${entry.id} (would go to ${target})`
      : `not here     needs an export: ${entry.export}`,
  ];
}

/** What is known of a model that is here. */
export function folderText(folder: ModelFolder, entry: RegistryEntry | undefined): readonly string[] {
  const { ref, kind, calibration, preprocessor, embeddingSize } = folder;
  const towers = (files: ModelFolder['visionFiles']) => Object.keys(files).join(', ');
  return [
    `${ref.id}${entry ? `: ${entry.title}` : ''}`,
    `folder       ${folder.dir}`,
    `sha256       ${ref.sha256}`,
    `kind         ${kind}, ${preprocessor.inputSize} px, ${embeddingSize ?? 'unknown'} dimensions`,
    `calibration  logit scale ${calibration.logitScale}, bias ${calibration.logitBias} (${calibration.origin})`,
    `vision       ${towers(folder.visionFiles)}`,
    `text         ${towers(folder.textFiles)}, up to ${folder.maxTokens} tokens`,
    ...(entry ? [`good for     ${entry.goodFor}`] : []),
    `licence      ${folder.licence ?? 'unknown'}`,
    `from         ${folder.source ?? 'unknown'}`,
    `hashes       ${hashText(folder.unchecked)}`,
    ...folder.warnings.map((line) => `warning      ${line}`),
  ];
}

export function verificationText(result: Verification | Unverified): readonly string[] {
  const { id, dir, ok, files } = result;
  if ('error' in result) return [`${id}: NOT verified: ${result.error}`];
  return [
    `${id}: ${ok ? 'ok' : 'NOT as its manifest says'} (${dir})`,
    ...files.map((file) => `  ${file.state.padEnd(8)}  ${file.path}${difference(file)}`),
  ];
}

function hashText(unchecked: readonly string[]): string {
  return unchecked.length === 0 ? 'checked' : `NOT checked by anybody: ${unchecked.join(', ')}`;
}

function difference({ state, expected, found }: VerifiedFile): string {
  if (state !== 'changed' || !expected || !found) return '';
  return `: SHA-256 ${found.sha256} (${found.bytes} bytes), expected ${expected.sha256} (${expected.bytes} bytes)`;
}
