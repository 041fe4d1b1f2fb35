import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type ErrorCode, FieldscoutError } from './errors.js';
import { readRegularFile, unreadableReason } from './regular-file.js';

interface YamlErrors {
  readonly unreadable: ErrorCode;
  readonly invalid: ErrorCode;
}

const MAX_BYTES = 1_000_000;
/** A file beyond this is not even read to be refused. */
const MOST_READ_BYTES = 50_000_000;

/**
 * Reads a YAML file and checks it against a schema; unset files parse as an empty mapping.
 * @throws FieldscoutError that names the file, the line and the key of the first fault, and how many more there are.
 */
export async function readYamlFile<S extends z.ZodType>(
  path: string,
  schema: S,
  errors: YamlErrors,
): Promise<z.infer<S>> {
  let text: string;
  try {
    text = (await readRegularFile(path, MOST_READ_BYTES)).toString('utf8');
  } catch (cause) {
    throw new FieldscoutError(
      errors.unreadable,
      `${path} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
  return parseYaml(text, path, schema, errors.invalid);
}

/** The same for a text at hand; `name` stands in messages for the file. */
export function parseYaml<S extends z.ZodType>(text: string, name: string, schema: S, code: ErrorCode): z.infer<S> {
  if (text.length > MAX_BYTES)
    throw new FieldscoutError(code, `${name} is larger than ${MAX_BYTES} bytes.`, 'Is it the right file?');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = document.errors[0];
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new FieldscoutError(
      code,
      `${name}:${line}:${col}: not YAML: ${fault.message}.`,
      'Mend the indentation or the quotes there.',
    );
  }
  const result = schema.safeParse(toPlain(document, name, code) ?? {}, { error: sayMissing });
  if (result.success) return result.data;
  // A misspelt key first: what seems to be missing is often there under it.
  const issues = [...result.error.issues].sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)));
  const [issue, ...others] = issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
  const { line, col } = lines.linePos(placeOf(document, issue));
  const key = keyOf(issue);
  const elsewhere = others.map((other) => `${keyOf(other)} in line ${lines.linePos(placeOf(document, other)).line}`);
  const more =
    elsewhere.length > 0 ? ` (also: ${elsewhere.slice(0, 5).join(', ')}${elsewhere.length > 5 ? ', ...' : ''})` : '';
  throw new FieldscoutError(
    code,
    `${name}:${line}:${col}: ${key}: ${issue.message}${more}.`,
    'Mend that line and try again.',
  );
}

const isUnknownKey = ({ code }: z.core.$ZodIssue): boolean => code === 'unrecognized_keys';

const keyOf = ({ path }: z.core.$ZodIssue): string => path.map(String).join('.') || 'the file';

/** zod's own words for a key that is not there are about JavaScript's `undefined`. */
export function sayMissing({ code, input }: z.core.$ZodRawIssue): string | undefined {
  return code === 'invalid_type' && input === undefined ? 'it is missing' : undefined;
}

function toPlain(document: ReturnType<typeof parseDocument>, name: string, code: ErrorCode): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new FieldscoutError(
      code,
      `${name}: ${(cause as Error).message}.`,
      'Write the values out instead of using so many aliases.',
      { cause },
    );
  }
}

/** Offset of the node that an issue speaks of, or of its nearest parent that is there. */
function placeOf(document: ReturnType<typeof parseDocument>, issue: z.core.$ZodIssue): number {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = document.getIn(path.slice(0, depth - 1), true) ?? document.contents;
    const last = path[depth - 1];
    const pair = (parent as { items?: { key?: { value?: unknown; range?: number[] }; range?: number[] }[] } | null)
      ?.items;
    const found = typeof last === 'number' ? pair?.[last] : pair?.find((item) => item.key?.value === last);
    const offset = found?.key?.range?.[0] ?? found?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return 0;
}
