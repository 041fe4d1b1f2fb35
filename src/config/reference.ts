import { z } from 'zod';
import { configSchema } from './schema.js';

/** The parts of JSON Schema that zod writes for the configuration. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export interface Setting {
  /** As people say it: `cameras[].tiles.overlap`. */
  readonly key: string;
  readonly type: string;
  /** JSON; `required`, or `-` where the setting may be absent. */
  readonly fallback: string;
  readonly meaning: string;
}

/** @returns the JSON Schema (2020-12) that editors use to check and complete fieldscout.yaml */
export function configJsonSchema(): object {
  return { title: 'Fieldscout configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}

/** @returns every setting, in the order of the schema */
export function settings(): readonly Setting[] {
  return settingsUnder('', configJsonSchema() as Node);
}

/** @returns docs/configuration.md */
export function configReference(): string {
  const rows = settings().map(({ key, type, fallback, meaning }) =>
    [`\`${key}\``, type, fallback === 'required' || fallback === '-' ? fallback : `\`${fallback}\``, meaning]
      .map((cell) => cell.replace(/[|<]/g, '\\$&'))
      .join(' | '),
  );
  return [
    '# Configuration',
    '',
    '`fieldscout run -c fieldscout.yaml` reads one YAML file; every setting has a default but those marked required.',
    '`fieldscout config check` names the first mistake with its line, `fieldscout config init` writes a file to begin with.',
    '`[]` stands for the entries of a list. Written by `npm run docs` from `src/config/schema.ts`.',
    '',
    '| Setting | Type | Default | Meaning |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}

function settingsUnder(prefix: string, node: Node): Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = `${prefix}${name}`;
    const group = child.properties ? child : undefined;
    if (group) return settingsUnder(`${key}.`, group);
    const entry = {
      key,
      type: typeOf(child),
      fallback: fallbackOf(name, child, node),
      meaning: child.description ?? '',
    };
    return child.items?.properties ? [entry, ...settingsUnder(`${key}[].`, child.items)] : [entry];
  });
}

function fallbackOf(name: string, child: Node, parent: Node): string {
  if (child.default !== undefined)
    return JSON.stringify(child.items?.properties ? withoutDefaults(child.default, child) : child.default);
  return parent.required?.includes(name) ? 'required' : '-';
}

/** What of a value has to be written: groups filled with defaults are too long for a table. @returns undefined for nothing */
function withoutDefaults(value: unknown, node: Node): unknown {
  if (Array.isArray(value) && node.items?.properties)
    return value.map((entry) => withoutDefaults(entry, node.items as Node));
  if (!node.properties) return JSON.stringify(value) === JSON.stringify(node.default) ? undefined : value;
  const said = Object.entries(value as object).flatMap(([name, inner]) => {
    const left = withoutDefaults(inner, node.properties?.[name] ?? {});
    return left === undefined ? [] : [[name, left] as const];
  });
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

function typeOf(node: Node): string {
  if (node.anyOf) return node.anyOf.map(typeOf).join(' or ');
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.type === 'array') return node.items?.properties ? 'list' : `list of ${typeOf(node.items ?? {})}`;
  if (node.type !== 'number' && node.type !== 'integer') return node.type ?? 'any';
  return `${node.type}${rangeOf(node)}`;
}

function rangeOf({ minimum, maximum: most, exclusiveMinimum }: Node): string {
  const maximum = most === Number.MAX_SAFE_INTEGER ? undefined : most;
  const least = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`;
  if (least === undefined) return maximum === undefined ? '' : ` up to ${maximum}`;
  return maximum === undefined
    ? `, ${exclusiveMinimum === undefined ? 'from ' : ''}${least}`
    : `, ${least} to ${maximum}`;
}
