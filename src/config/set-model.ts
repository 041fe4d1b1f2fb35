import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, parse, parseDocument } from 'yaml';
import { FieldscoutError } from '../errors.js';

/**
 * The text of a configuration with another `model`; every other byte stays, comments too.
 * @param name stands for the file in messages
 * @throws FieldscoutError CONFIG_INVALID where that cannot be done without touching more
 */
export function withModel(text: string, model: string, name: string): string {
  const edited = edit(text, isPlain(model) ? model : JSON.stringify(model));
  if (edited !== undefined && isDeepStrictEqual(read(edited), { ...read(text), model })) return edited;
  throw new FieldscoutError(
    'CONFIG_INVALID',
    `${name}: "model" cannot be set there without changing more than that.`,
    `Write it yourself: model: ${JSON.stringify(model)}`,
  );
}

function edit(text: string, word: string): string | undefined {
  const { contents, errors } = parseDocument(text);
  if (errors.length > 0) return undefined;
  if (contents === null) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}model: ${word}\n`;
  if (!isMap(contents)) return undefined;
  const value = contents.get('model', true);
  const range = isNode(value) ? value.range : undefined;
  if (range) return text.slice(0, range[0]) + word + text.slice(range[1]);
  const [first] = contents.items;
  const at = isNode(first?.key) ? first.key.range?.[0] : undefined;
  if (at === undefined || contents.flow) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return `${text.slice(0, at)}model: ${word}\n${indent}${text.slice(at)}`;
}

/** What YAML reads back as the same text without quotes. */
const isPlain = (model: string): boolean => /^[\w./][\w./@-]*$/.test(model) && parse(model) === model;

/** null where it is no YAML, or an alias leads nowhere: that is no configuration either. */
function read(text: string): Record<string, unknown> | null {
  try {
    return parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
