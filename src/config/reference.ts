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
    return child.items?.properties ? defaultOfList(child.default) : JSON.stringify(child.default);
  return parent.required?.includes(name) ? 'required' : '-';
}

/** A list of groups is too long for a table: what tells its entries apart stands for them. */
function defaultOfList(list: unknown): string {
  const entries = list as readonly Readonly<Record<string, unknown>>[];
  return entries.length === 0
    ? '[]'
    : `[${entries.map(({ id, source }) => JSON.stringify({ id, source })).join(', ')}]`;
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
