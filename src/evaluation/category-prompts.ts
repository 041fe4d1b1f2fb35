import { DEFAULT_NEGATIVE_TEMPLATES, DEFAULT_TEMPLATES } from '../prompts/prompt-file.js';
import { promptSetOf } from '../prompts/prompt-set.js';
import type { PromptSet } from '../types.js';
import { distinctNames, nameKey } from './category-targets.js';

/** A prompt set that looks for categories by their own names, each as "a <name>" in the default templates. */
export function categoryPrompts(categories: readonly string[], origin: string): PromptSet {
  const targets = distinctNames(categories).map((name) => ({
    id: nameKey(name),
    name,
    prompts: [withArticle(name.trim())],
    beneficial: false,
  }));
  return promptSetOf('category-names', origin, {
    title: "The categories' own names",
    templates: [...DEFAULT_TEMPLATES],
    negativeTemplates: [...DEFAULT_NEGATIVE_TEMPLATES],
    targets,
  });
}

function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}
