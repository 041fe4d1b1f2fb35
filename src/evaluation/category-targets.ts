import { FieldscoutError } from '../errors.js';
import type { Target } from '../types.js';

/** Which target each category's boxes are labels of. */
export interface CategoryMapping {
  /** Category name -> target id. */
  readonly targetOf: ReadonlyMap<string, string>;
  /** Categories that no target stands for. */
  readonly withoutTarget: readonly string[];
}

/** Names that differ in case, spaces, hyphens or underscores alone are the same: "Green  aphid" is "green-aphid". */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** Pairs categories with the targets of that id or, failing that, of that name. */
export function mapCategories(categories: readonly string[], targets: readonly Target[]): CategoryMapping {
  const byKey = new Map([
    ...targets.map(({ id, name }) => [nameKey(name), id] as const),
    ...targets.map(({ id }) => [nameKey(id), id] as const),
  ]);
  const pairs = categories.map((category) => [category, byKey.get(nameKey(category))] as const);
  return {
    targetOf: new Map(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined)),
    withoutTarget: pairs.filter(([, target]) => target === undefined).map(([category]) => category),
  };
}

/** The names without those that say the same as an earlier one. */
export function distinctNames(categories: readonly string[]): readonly string[] {
  const first = new Map([...categories].reverse().map((name) => [nameKey(name), name] as const));
  return categories.filter((name) => first.get(nameKey(name)) === name);
}

/**
 * Those of the file's categories that a person asked for by name.
 * @throws FieldscoutError USAGE for a name that the file does not hold.
 */
export function chooseCategories(all: readonly string[], wanted: readonly string[], file: string): readonly string[] {
  const unknown = wanted.find((name) => !all.some((category) => nameKey(category) === nameKey(name)));
  if (unknown !== undefined)
    throw new FieldscoutError('USAGE', `${file} has no category "${unknown}".`, `Choose among: ${all.join(', ')}.`);
  const keys = new Set(wanted.map(nameKey));
  return all.filter((category) => keys.has(nameKey(category)));
}
