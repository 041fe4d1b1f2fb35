import type { Judged } from './matching.js';

/**
 * Area under the interpolated precision-recall curve over all points: precision at a recall is the highest at that
 * recall or beyond (PASCAL VOC 2010 development kit, section 3.4.1). Detections of one rank are one point of the curve,
 * so that their order cannot matter.
 * @param truths labelled boxes of the target in all pictures.
 * @returns 0 to 1; null where there is nothing to find.
 */
export function averagePrecision(judged: readonly Judged[], truths: number): number | null {
  if (truths === 0) return null;
  const points = curve(judged, truths);
  let ceiling = 0;
  let area = 0;
  for (let index = points.length - 1; index >= 0; index -= 1) {
    const point = points[index] as CurvePoint;
    ceiling = Math.max(ceiling, point.precision);
    area += (point.recall - (points[index - 1]?.recall ?? 0)) * ceiling;
  }
  return Math.min(1, area);
}

interface CurvePoint {
  readonly recall: number;
  readonly precision: number;
}

function curve(judged: readonly Judged[], truths: number): readonly CurvePoint[] {
  const ranked = [...judged].sort((a, b) => b.rank - a.rank);
  const points: CurvePoint[] = [];
  let right = 0;
  for (const [index, { rank, right: isRight }] of ranked.entries()) {
    if (isRight) right += 1;
    if (ranked[index + 1]?.rank !== rank) points.push({ recall: right / truths, precision: right / (index + 1) });
  }
  return points;
}
