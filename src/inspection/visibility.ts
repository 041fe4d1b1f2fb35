import type { PromptSet, TilePlan } from '../types.js';

/** A target that fills less than this part of a tile's side is a few pixels in the model's input: it cannot be told. */
const LEAST_SHARE = 0.1;

/** One line for each target that this camera cannot show, from its usual length and the camera's millimetres a pixel. */
export function tooSmallToShow(
  prompts: PromptSet,
  plan: Pick<TilePlan, 'scales'>,
  mmPerPixel: number,
): readonly string[] {
  const finest = Math.min(...plan.scales);
  const leastPx = finest * LEAST_SHARE;
  return prompts.targets.flatMap(({ id, lengthMm }) => {
    if (!lengthMm) return [];
    const longestPx = lengthMm.max / mmPerPixel;
    if (longestPx >= leastPx) return [];
    return [
      `${id}: ${lengthMm.min} to ${lengthMm.max} mm is at most ${longestPx.toFixed(0)} px here, and tiles of ${finest} px show ` +
        `what has ${Math.ceil(leastPx)} px: move closer, use a macro lens, or add a smaller scale`,
    ];
  });
}
