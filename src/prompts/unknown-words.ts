import type { ModelRef, PromptSet } from '../types.js';

/** What a model says that it learnt. */
export interface KnownWords {
  readonly model: ModelRef;
  /** Lower-case words; null where it does not say. */
  readonly vocabulary: ReadonlySet<string> | null;
}

/** Words that carry no meaning of their own; no model needs to have seen them. */
const STOP_WORDS = new Set(
  (
    'a an the this that these those of in on at to for from by with without and or no not its it is are was be being ' +
    'has have as into onto over under near beside between among around through very some any each other their his her ' +
    'photo photograph picture image type kind close up'
  ).split(' '),
);

/** One line that names the words of a set's prompts that the model never saw; none where it does not say what it saw. */
export function unknownWordWarnings({ origin, targets }: PromptSet, model: KnownWords): readonly string[] {
  return unknownWordsOf(
    origin,
    targets.flatMap(({ prompts }) => prompts),
    model,
  );
}

/** The same of texts. @param origin where they were written, for people. */
export function unknownWordsOf(
  origin: string,
  texts: readonly string[],
  { model, vocabulary }: KnownWords,
): readonly string[] {
  const words = vocabulary === null ? [] : unknownWords(texts, vocabulary);
  if (words.length === 0) return [];
  return [
    `${origin}: ${model.id} never learnt ${words.map((word) => `"${word}"`).join(', ')}: its scores for prompts with such ` +
      'words mean little. A real CLIP knows them: "fieldscout models pull clip-vit-b32", then --model clip-vit-b32, or model: clip-vit-b32 in a configuration.',
  ];
}

/**
 * The words of prompts that a model never saw in training: its scores for them mean little.
 *
 * Case does not count, and neither does a plain inflection: "beetles" is known where "beetle" is, "leaves" where "leaf"
 * is, "spotted" where "spot" is. Parts of a hyphenated word are words; numbers are not.
 *
 * @param vocabulary lower-case words of the training's captions (`vocabulary.json` of the model).
 * @returns lower-case words in the order of first appearance, each once.
 */
export function unknownWords(texts: readonly string[], vocabulary: ReadonlySet<string>): readonly string[] {
  const known = new Set([...vocabulary].flatMap(stems));
  const words = texts.flatMap(
    (text) =>
      text
        .normalize('NFKC')
        .toLowerCase()
        .match(/\p{L}+(?:['’]\p{L}+)?/gu) ?? [],
  );
  const plain = words.map((word) => word.replace(/['’]s?$|['’].*$/u, ''));
  return [...new Set(plain)].filter(
    (word) => word.length > 1 && !STOP_WORDS.has(word) && !stems(word).some((stem) => known.has(stem)),
  );
}

/** The word and what it may be an inflection of; a stem need not be a word, as both sides are cut alike. */
function stems(word: string): readonly string[] {
  const found = [word];
  if (word.length > 3) {
    if (/ies$/.test(word)) found.push(`${word.slice(0, -3)}y`);
    if (/ves$/.test(word)) found.push(`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`);
    if (/(?:s|x|z|ch|sh|o)es$/.test(word)) found.push(word.slice(0, -2));
    if (/[^su]s$/.test(word)) found.push(word.slice(0, -1));
    if (/ae$/.test(word)) found.push(word.slice(0, -1));
  }
  for (const ending of ['ed', 'ing', 'y']) {
    const base = word.slice(0, -ending.length);
    // Shorter bases are other words: "red" is no form of "r", "wing" none of "w".
    if (word.endsWith(ending) && base.length >= 3)
      found.push(base, ...(ending === 'y' ? [] : [`${base}e`]), base.replace(/(.)\1$/u, '$1'));
  }
  return found;
}
