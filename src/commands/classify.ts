import { Command } from 'commander';
import { embedTexts } from '../prompts/embed.js';
import { unknownWordsOf } from '../prompts/unknown-words.js';
import { cosine, scoresOf } from '../scoring/score-tile.js';
import { decodeImage } from '../vision/decode.js';
import { preprocessPicture } from '../vision/preprocess.js';
import { consoleLog } from './console-log.js';
import { openModel, openTextCache } from './detection-session.js';
import { findPictures } from './find-pictures.js';
import * as options from './options.js';
import { printJson, printLines } from './print.js';
import { passOver, readPicture } from './read-picture.js';

interface ClassifyOptions extends options.ModelOptions {
  readonly prompt: readonly string[];
  readonly json?: boolean | undefined;
}

const EXAMPLES = `
The texts are used word for word, without templates or negatives. With one prompt there is nothing to compare it with:
then only the similarity (cosine) is told.

Example:
  $ fieldscout classify leaf.jpg --prompt "a healthy bean leaf" --prompt "a bean leaf with rust"`;

export function classifyCommand(): Command {
  const command = new Command('classify')
    .description('say which prompt a whole picture looks like')
    .argument('<image...>', 'pictures, or folders of pictures')
    .requiredOption('--prompt <text>', 'a candidate, in your words; give several', options.collect);
  return options
    .addOptions(command, options.modelOptions())
    .addOption(options.jsonOption('one JSON object a picture and line'))
    .addHelpText('after', EXAMPLES)
    .action(classify);
}

/** Why there is no score for a text alone. */
const ALONE = {
  clip: 'one prompt has nothing to compete with, a softmax over it would always say 100 %',
  siglip: 'one prompt is not compared with anything, its sigmoid alone would not say what the picture shows best',
} as const;

async function classify(paths: readonly string[], chosen: ClassifyOptions): Promise<void> {
  const log = consoleLog();
  const pictures = await findPictures(paths, (error) => passOver(error, log));
  if (pictures.length === 0) return;
  const clip = await openModel(chosen, log);
  try {
    const texts = await embedTexts(chosen.prompt, clip, openTextCache(log));
    for (const warning of unknownWordsOf('the command line', chosen.prompt, clip)) log.warn(warning);
    const compared = chosen.prompt.length > 1;
    if (!compared) log.warn(`${ALONE[clip.calibration.kind]}: only the similarity is told`);
    for (const picture of pictures) {
      try {
        const image = await decodeImage(await readPicture(picture), picture);
        const [embedding] = await clip.encodeImages(preprocessPicture(image, clip.preprocessor), 1);
        const similarities = chosen.prompt.map((text) =>
          cosine(embedding as Float32Array, texts.get(text) as Float32Array),
        );
        const probabilities = compared ? scoresOf(similarities, [], clip.calibration) : null;
        const scores = chosen.prompt
          .map((prompt, i): PromptScore => {
            return { prompt, score: probabilities?.[i] ?? null, similarity: similarities[i] as number };
          })
          .sort((a, b) => b.similarity - a.similarity);
        if (chosen.json) printJson({ image: picture, scores });
        else printLines(describe(picture, scores));
      } catch (error) {
        passOver(error, log);
      }
    }
  } finally {
    await clip.close();
  }
}

interface PromptScore {
  readonly prompt: string;
  readonly score: number | null;
  readonly similarity: number;
}

function describe(picture: string, scores: readonly PromptScore[]): readonly string[] {
  const rows = scores.map(({ prompt, score, similarity }) => {
    const share = score === null ? '' : `${(score * 100).toFixed(1).padStart(5)} %  `;
    return `  ${share}cos ${similarity.toFixed(3)}  ${prompt}`;
  });
  return [picture, ...rows];
}
