import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { squareCrop } from '../../src/evaluation/square-crop.js';
import { normalisedMean } from '../../src/prompts/embed.js';
import { DEFAULT_TEMPLATES } from '../../src/prompts/prompt-file.js';
import { fillTemplate } from '../../src/prompts/prompt-set.js';
import { nearestPrompt } from '../../src/scoring/score-tile.js';
import { SPECIES } from '../../src/sim/catalogue.js';
import { pick, randomFrom } from '../../src/sim/random.js';
import type { Target } from '../../src/types.js';
import { decodeImage } from '../../src/vision/decode.js';
import { preprocessBox } from '../../src/vision/preprocess.js';

/** Colour and kind that training never shows together; `models/training/words.py` has the same list. */
export const HELD_OUT = ['green beetle', 'black weevil', 'yellow ladybird', 'grey caterpillar', 'brown cricket'];

export interface AttributeScore {
  readonly cases: number;
  readonly right: number;
  readonly share: number;
}

interface SimTruth {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly visible: number;
    readonly attributes: { readonly kind: string; readonly colour: string };
  }[];
}

const LEAST_PX = 40;
const LEAST_VISIBLE = 0.9;

/**
 * Of four candidates, two colours by two kinds ("a green aphid", "a black aphid", "a green beetle", "a black beetle"), how often the
 * right one lies nearest to a simulated animal's crop: its squared box with a margin, as `fieldscout eval` cuts it.
 */
export async function measureAttributes(
  dir: string,
  clip: ClipModel,
): Promise<{ readonly seen: AttributeScore; readonly heldOut: AttributeScore }> {
  const truth = JSON.parse(await readFile(join(dir, 'annotations.json'), 'utf8')) as SimTruth;
  const random = randomFrom(7);
  const embeddings = new Map<string, Float32Array>();
  const embed = async (words: string): Promise<Float32Array> => {
    const known = embeddings.get(words);
    if (known) return known;
    const fresh = normalisedMean(
      await clip.encodeTexts(DEFAULT_TEMPLATES.map((template) => fillTemplate(template, words))),
    );
    embeddings.set(words, fresh);
    return fresh;
  };
  const tally = { seen: { cases: 0, right: 0 }, heldOut: { cases: 0, right: 0 } };
  for (const { id, file_name } of truth.images) {
    const shown = truth.annotations.filter(
      ({ image_id, bbox, visible }) =>
        image_id === id && visible >= LEAST_VISIBLE && Math.max(bbox[2], bbox[3]) >= LEAST_PX,
    );
    if (shown.length === 0) continue;
    const path = join(dir, file_name);
    const image = await decodeImage(await readFile(path), path);
    for (const { bbox, attributes } of shown) {
      const [x, y, width, height] = bbox;
      const crop = squareCrop({ x, y, width, height }, image);
      const [picture] = await clip.encodeImages(preprocessBox(image, crop, clip.preprocessor), 1);
      const right = `${attributes.colour} ${attributes.kind}`;
      const prompts = await Promise.all(
        foursome(attributes, random).map(async (text) => ({
          text,
          embedding: await embed(`${articleOf(text)} ${text}`),
        })),
      );
      const target = { target: {} as Target, embedding: prompts[0]?.embedding as Float32Array, prompts };
      const score = tally[HELD_OUT.includes(right) ? 'heldOut' : 'seen'];
      score.cases += 1;
      if (nearestPrompt(picture as Float32Array, target) === right) score.right += 1;
    }
  }
  const shareOf = ({ cases, right }: { cases: number; right: number }) => ({ cases, right, share: right / cases });
  return { seen: shareOf(tally.seen), heldOut: shareOf(tally.heldOut) };
}

/** The right words first, then the other colour, the other kind, and both. */
function foursome({ colour, kind }: { colour: string; kind: string }, random: () => number): readonly string[] {
  const colours = [...new Set(SPECIES.flatMap(({ forms }) => forms.map((form) => form.colour)))];
  const otherColour = pick(
    random,
    colours.filter((candidate) => candidate !== colour),
  );
  const otherKind = pick(
    random,
    SPECIES.map((species) => species.kind).filter((candidate) => candidate !== kind),
  );
  return [`${colour} ${kind}`, `${otherColour} ${kind}`, `${colour} ${otherKind}`, `${otherColour} ${otherKind}`];
}

const articleOf = (words: string): string => (/^[aeiou]/.test(words) ? 'an' : 'a');
