import { createHash } from 'node:crypto';
import { FieldscoutError } from '../errors.js';
import type { PromptSet, Target } from '../types.js';
import {
  DEFAULT_NEGATIVE_TEMPLATES,
  DEFAULT_NEGATIVES,
  DEFAULT_TEMPLATES,
  type PromptFile,
  phrase,
} from './prompt-file.js';

/** A validated file as a set; the file's templates become those of each target, and the default negatives join where it names none. */
export function promptSetOf(id: string, origin: string, file: PromptFile): PromptSet {
  const targets = file.targets.map((target) => ({ ...target, templates: file.templates }));
  return withHash({
    id,
    title: file.title,
    origin,
    targets,
    negatives: file.negatives ?? competing(DEFAULT_NEGATIVES, targets),
    negativeTemplates: file.negativeTemplates,
  });
}

export interface AdHocWords {
  /** Each is a target of its own. */
  readonly prompts: readonly string[];
  /** Negatives of the person's own. */
  readonly negatives?: readonly string[] | undefined;
  /** Whether the default negatives join. */
  readonly useNegatives: boolean;
}

/**
 * The set of prompts typed by hand.
 * @throws FieldscoutError USAGE for an empty or overlong text.
 */
export function adHocPromptSet({ prompts, negatives = [], useNegatives }: AdHocWords): PromptSet {
  const texts = unique(prompts.map((text) => typed(text, '--prompt')));
  if (texts.length === 0)
    throw new FieldscoutError('USAGE', 'There is no prompt.', 'Give one: --prompt "a green aphid on a leaf".');
  const taken = new Set<string>();
  const targets = texts.map((text): Target => {
    const id = freeId(slug(text), taken);
    taken.add(id);
    return { id, name: text, prompts: [text], templates: DEFAULT_TEMPLATES, beneficial: false };
  });
  const own = negatives.map((text) => typed(text, '--negative'));
  return withHash({
    id: 'command-line',
    title: 'Prompts typed by hand',
    origin: 'the command line',
    targets,
    negatives: competing([...(useNegatives ? DEFAULT_NEGATIVES : []), ...own], targets),
    negativeTemplates: DEFAULT_NEGATIVE_TEMPLATES,
  });
}

/**
 * One set that looks for the targets of all: their ids joined by "+", their negatives and negative templates united.
 * What one set looks for is no negative of another. A single set is given back as it is.
 * @throws FieldscoutError PROMPTS_INVALID where two sets have a target of the same id; it names both files.
 */
export function combinePromptSets(sets: readonly PromptSet[]): PromptSet {
  const [first, ...others] = sets;
  if (!first)
    throw new FieldscoutError('PROMPTS_INVALID', 'No prompt set was named.', 'Name one, such as insects/aphids.');
  if (others.length === 0) return first;
  const targets = sets.flatMap((set) => set.targets);
  const owners = new Map<string, PromptSet>();
  for (const set of sets) {
    for (const { id } of set.targets) {
      const owner = owners.get(id);
      if (owner)
        throw new FieldscoutError(
          'PROMPTS_INVALID',
          `Target "${id}" is in ${owner.origin} and in ${set.origin}.`,
          'Rename it in one of them, or use only one of the two sets.',
        );
      owners.set(id, set);
    }
  }
  return withHash({
    id: sets.map(({ id }) => id).join('+'),
    title: sets.map(({ title }) => title).join(' + '),
    origin: sets.map(({ origin }) => origin).join(', '),
    targets,
    negatives: competing(
      sets.flatMap(({ negatives }) => negatives),
      targets,
    ),
    negativeTemplates: unique(sets.flatMap(({ negativeTemplates }) => negativeTemplates)),
  });
}

/** The same set competing with other negatives; its hash follows. */
export const withNegatives = (set: PromptSet, negatives: readonly string[]): PromptSet =>
  withHash({ ...set, negatives: unique(negatives) });

/** The set competing with the model's own background prompts too; a set whose negatives are switched off stays without. */
export function withModelNegatives(set: PromptSet, negatives: readonly string[]): PromptSet {
  if (set.negatives.length === 0 || negatives.length === 0) return set;
  return withNegatives(set, competing([...set.negatives, ...negatives], set.targets));
}

/** The prompt in its template; "$" has no special meaning in either. */
export const fillTemplate = (template: string, prompt: string): string => template.split('{}').join(prompt);

/** Lower-case ASCII words joined by "-"; a text without any gets a name from its hash. At most 48 characters. */
export function slug(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '');
  return words || `text-${sha256(text).slice(0, 8)}`;
}

/** One line for each prompt that says what is not there: CLIP sees the noun and overlooks the "no". */
export function promptWarnings(set: PromptSet): readonly string[] {
  const named = [
    ...set.targets.flatMap(({ id, prompts }) => prompts.map((text) => ({ place: `target "${id}"`, text }))),
    ...set.negatives.map((text) => ({ place: 'negatives', text })),
  ];
  return named
    .filter(({ text }) => NEGATION.test(text))
    .map(
      ({ place, text }) =>
        `${set.origin}: ${place}: "${text}" says what is not there, which CLIP overlooks. ` +
        'Describe what is seen instead, and put backgrounds under negatives.',
    );
}

const NEGATION = /\b(no|not|without|never|none|nothing|lacking|free of|absence of|absent)\b|\w-free\b|n't\b/i;

function typed(text: string, option: string): string {
  const parsed = phrase.safeParse(text.replace(/\s+/g, ' '));
  if (parsed.success) return parsed.data;
  throw new FieldscoutError(
    'USAGE',
    `${option} ${JSON.stringify(text.slice(0, 60))}: ${parsed.error.issues[0]?.message}.`,
    'Write a short phrase, such as "a green aphid on a leaf".',
  );
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted;
  for (let count = 2; taken.has(id); count += 1) id = `${wanted}-${count}`;
  return id;
}

/** Hashes what is embedded and nothing else, in an order of its own: moving lines in a file changes nothing. */
function withHash(set: Omit<PromptSet, 'hash'>): PromptSet {
  const targets = set.targets
    .map(({ id, prompts, templates }) => ({ id, prompts: sorted(prompts), templates: sorted(templates) }))
    .sort((a, b) => compare(a.id, b.id));
  const content = JSON.stringify({
    targets,
    negatives: sorted(set.negatives),
    negativeTemplates: set.negatives.length > 0 ? sorted(set.negativeTemplates) : [],
  });
  return { ...set, hash: sha256(content) };
}

/** A negative with a target's own words would take half of that target's probability. */
function competing(negatives: readonly string[], targets: readonly Target[]): readonly string[] {
  const prompts = new Set(targets.flatMap((target) => target.prompts.map((text) => text.toLowerCase())));
  return unique(negatives).filter((text) => !prompts.has(text.toLowerCase()));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort(compare);
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
