import { z } from 'zod';

/** What a prompt-set file may say. Messages are for the person who edits it. */

export const DEFAULT_TEMPLATES: readonly string[] = [
  'a photo of {}.',
  'a close-up photo of {}.',
  'a macro photo of {}.',
  'a photo of {} in a field.',
];

/** Backgrounds that compete with the targets of every set that names none of its own. */
export const DEFAULT_NEGATIVES: readonly string[] = [
  'a healthy green leaf',
  'a healthy bean leaf',
  'a healthy coffee leaf',
  'a plant stem',
  'a leaf vein',
  'dead leaves',
  'a leaf with rust',
  'a leaf with brown spots',
  'bare soil',
  'blue sky',
  'green grass',
  'a flower',
  'a dandelion',
  'a daisy',
  'a drop of water on a leaf',
  'a human hand',
  'an out of focus green background',
];

export const DEFAULT_NEGATIVE_TEMPLATES: readonly string[] = ['a photo of {}.', 'a close-up photo of {}.'];

export const phrase = z
  .string()
  .trim()
  .min(1, 'an empty text')
  .max(300, 'longer than 300 characters: CLIP reads some 70 words at most')
  .refine((text) => !text.includes('{}'), '"{}" belongs into templates, not here')
  .refine((text) => !/\s{2,}|[\r\n\t]/.test(text), 'write it on one line with single spaces');

const template = z
  .string()
  .trim()
  .max(300)
  .refine((text) => text.split('{}').length === 2, 'a template holds "{}" exactly once, where the prompt goes');

const uniqueList = <T extends z.ZodType<string>>(item: T, most: number) =>
  z
    .array(item)
    .max(most)
    .superRefine((texts, context) => {
      texts.forEach((text, index) => {
        if (texts.indexOf(text) < index)
          context.addIssue({ code: 'custom', path: [index], message: `"${text}" is listed twice` });
      });
    });

const atLeastOne = (list: readonly string[]) => list.length > 0;

const target = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case letters, digits and single "-": "aphid-winged"'),
  name: z.string().trim().min(1).max(200),
  prompts: uniqueList(phrase, 32).refine(atLeastOne, 'a target needs at least one prompt'),
  eppo: z
    .string()
    .regex(/^[0-9A-Z]{5,7}$/, 'an EPPO code has 5 to 7 capitals or digits, like MYZUPE')
    .optional(),
  gbif: z.int().positive('a GBIF key is a positive number').optional(),
  stage: z.enum(['egg', 'larva', 'nymph', 'pupa', 'adult']).optional(),
  lengthMm: z
    .strictObject({ min: z.number().positive(), max: z.number().positive().max(10_000) })
    .refine(({ min, max }) => min <= max, 'min is larger than max')
    .optional(),
  beneficial: z.boolean().default(false),
});

export const promptFileSchema = z
  .strictObject({
    title: z.string().trim().min(1).max(200),
    description: z.string().trim().max(2000).optional(),
    templates: uniqueList(template, 64)
      .refine(atLeastOne, 'at least one template')
      .default([...DEFAULT_TEMPLATES]),
    negatives: uniqueList(phrase, 200).optional(),
    negativeTemplates: uniqueList(template, 64)
      .refine(atLeastOne, 'at least one template')
      .default([...DEFAULT_NEGATIVE_TEMPLATES]),
    targets: z.array(target).min(1, 'a prompt set looks for at least one target').max(200),
  })
  .superRefine(({ targets, negatives }, context) => {
    const ids = new Set<string>();
    const prompts = new Set(targets.flatMap((each) => each.prompts.map((text) => text.toLowerCase())));
    targets.forEach(({ id }, index) => {
      if (ids.has(id))
        context.addIssue({ code: 'custom', path: ['targets', index, 'id'], message: `target "${id}" is there twice` });
      ids.add(id);
    });
    negatives?.forEach((text, index) => {
      if (prompts.has(text.toLowerCase()))
        context.addIssue({ code: 'custom', path: ['negatives', index], message: `"${text}" is a target's prompt too` });
    });
  });

export type PromptFile = z.infer<typeof promptFileSchema>;
