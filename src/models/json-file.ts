import type { z } from 'zod';
import { FieldscoutError } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';
import { sayMissing } from '../yaml-file.js';

/** Model folders hold small JSON files and one tokenizer of a few megabytes, which is not read here. */
const MAX_CHARACTERS = 4_000_000;
/** A file beyond this is not even read to be refused. */
const MOST_READ_BYTES = 50_000_000;

/**
 * Reads a JSON file of a model folder and checks it against a schema.
 * @returns null where there is no such file.
 * @throws FieldscoutError MODEL_INVALID that names the file and the key of the first fault.
 */
export async function readJsonFile<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | null> {
  const text = await textOf(path);
  return text === null ? null : parseJson(text, path, schema);
}

/** The same for a text at hand; `name` stands in messages for the file. */
export function parseJson<S extends z.ZodType>(text: string, name: string, schema: S): z.infer<S> {
  if (text.length > MAX_CHARACTERS)
    throw new FieldscoutError('MODEL_INVALID', `${name} is larger than 4 MB.`, 'Is it the right file?');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FieldscoutError(
      'MODEL_INVALID',
      `${name} is not JSON: ${(cause as Error).message}.`,
      'Fetch the file again: it may have been cut off.',
      { cause },
    );
  }
  const result = schema.safeParse(value, { error: sayMissing });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const key = issue?.path.map(String).join('.') || 'the file';
  throw new FieldscoutError('MODEL_INVALID', `${name}: ${key}: ${issue?.message}.`, 'Mend that key and try again.');
}

async function textOf(path: string): Promise<string | null> {
  try {
    return (await readRegularFile(path, MOST_READ_BYTES)).toString('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const reason = unreadableReason(cause);
    throw new FieldscoutError('MODEL_INVALID', `${path} cannot be read (${reason}).`, 'Check its permissions.', {
      cause,
    });
  }
}
