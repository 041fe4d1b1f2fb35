import type { Evaluation, TargetEvaluation } from './evaluate.js';
import { textTable } from './text-table.js';

const MOST_CONFUSIONS = 10;

/** @returns the figures as a person reads them: totals, a table a target, what is most taken for what. */
export function evaluationText(evaluation: Evaluation): string {
  return [totals(evaluation), targets(evaluation), confusions(evaluation)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function totals({ pictures, top1, cases, detection }: Evaluation): readonly string[] {
  const lines = [`Top-1 on the labelled crops  ${percent(top1)}  (${cases} crops in ${pictures} pictures)`];
  if (detection === null) return lines;
  const { minScore, sureScore, matchIou } = detection;
  const beside = sureScore > 0 ? `, beside one of ${sureScore} of their target,` : ',';
  return [
    ...lines,
    `Detections with a score of at least ${minScore}${beside} right where IoU is at least ${matchIou}`,
    `  precision  ${percent(detection.precision)}  (${detection.matched} of ${detection.detections} detections)`,
    `  recall     ${percent(detection.recall)}  (${detection.matched} of ${detection.truths} labelled boxes)`,
    `  F1         ${percent(detection.f1)}`,
    'Detections whose centre lies in a labelled box of their target',
    `  precision  ${percent(detection.centrePrecision)}  (${detection.detectionsInsideByCentre} of ${detection.detections} detections)`,
    `  recall     ${percent(detection.centreRecall)}  (${detection.truthsFoundByCentre} of ${detection.truths} labelled boxes)`,
    'At every threshold',
    `  AP at IoU 0.3  ${percent(detection.ap30)}`,
    `  AP at IoU 0.5  ${percent(detection.ap50)}`,
    `Pictures with at least one detection  ${detection.picturesWithDetections} of ${detection.pictures}`,
    `Counts are wrong by ${decimal(detection.countMae)} a picture (${detection.pictures} pictures)`,
  ];
}

/** Targets that neither a label nor a detection names say nothing. */
function targets({ perTarget, detection }: Evaluation): readonly string[] {
  const told = perTarget.filter(
    ({ cases, detection: metrics }) => cases > 0 || (metrics !== null && metrics.truths + metrics.detections > 0),
  );
  if (told.length === 0) return [];
  const crops = (target: TargetEvaluation) => [target.target, percent(target.top1), String(target.cases)];
  if (detection === null) return textTable(['target', 'top-1', 'crops'], told.map(crops));
  return textTable(
    ['target', 'top-1', 'crops', 'boxes', 'found', 'prec.', 'recall', 'AP.3', 'AP.5', 'c.prec.', 'c.recall', 'count ±'],
    told.map((target) => {
      const metrics = target.detection;
      if (metrics === null) return crops(target);
      return [
        ...crops(target),
        String(metrics.truths),
        String(metrics.detections),
        percent(metrics.precision),
        percent(metrics.recall),
        percent(metrics.ap30),
        percent(metrics.ap50),
        percent(metrics.centrePrecision),
        percent(metrics.centreRecall),
        decimal(metrics.countMae),
      ];
    }),
  );
}

function confusions({ confusion }: Evaluation): readonly string[] {
  const wrong = confusion.filter(({ truth, predicted }) => truth !== predicted).sort((a, b) => b.cases - a.cases);
  if (wrong.length === 0) return [];
  const rows = wrong.slice(0, MOST_CONFUSIONS).map(({ truth, predicted, cases }) => [truth, predicted, String(cases)]);
  const rest = wrong.length - rows.length;
  return [
    ...textTable(['labelled', 'taken for', 'crops'], rows),
    ...(rest > 0 ? [`and ${rest} more pairs (--json lists all)`] : []),
  ];
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}

function decimal(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}
