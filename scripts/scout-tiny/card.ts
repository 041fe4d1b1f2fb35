import type { AttributeScore } from './attributes.js';
import type { FalseAlarms } from './false-alarms.js';

/** Figures of one set of simulated frames; ratios are null where they have no case. */
export interface SceneFigures {
  readonly frames: number;
  readonly truths: number;
  readonly detections: number;
  readonly centreRecall: number | null;
  readonly centrePrecision: number | null;
  readonly ap30: number | null;
  /** Mean over the frames of what their counts, kind by kind, are wrong by in sum. */
  readonly countMae: number | null;
}

interface CalibrationFigures {
  readonly logitScale: number;
  readonly fittedOn: number;
  readonly measured: Readonly<
    Record<'photographs' | 'windows' | 'all', { readonly cases: number; readonly top1: number; readonly ece: number }>
  >;
}

/** What `report.ts` measures and `models/scout-tiny/evaluation.json` holds. */
export interface EvaluationReport {
  readonly model: { readonly id: string; readonly sha256: string };
  readonly configuration: {
    readonly scales: string;
    readonly overlap: string;
    readonly minScore: string;
    readonly sureScore: string;
    readonly prompts: readonly string[];
    readonly minBoxPx: number;
    readonly minVisible: number;
    readonly largeBoxPx: number;
  };
  /** By class, how many of how many crops were recognised. */
  readonly photographs: {
    readonly top1: number;
    readonly cases: number;
    readonly classes: Readonly<Record<string, readonly number[]>>;
    /** The same photographs by a model that was trained on simulated crops alone; null where none was at hand. */
    readonly simulatedOnly: { readonly top1: number; readonly crops: number } | null;
  };
  readonly attributes: { readonly seen: AttributeScore; readonly heldOut: AttributeScore };
  readonly simulated: Readonly<Record<string, SceneFigures>>;
  readonly withoutPests: FalseAlarms;
  readonly calibration: CalibrationFigures;
}

const BEGIN = '<!-- Figures of evaluation.json, written by scripts/scout-tiny/report.ts. -->';
const END = '<!-- End of the figures. -->';

/** @returns the card with the report's figures between its marks. @throws Error for a card without marks */
export function cardWith(card: string, report: EvaluationReport): string {
  const begin = card.indexOf(BEGIN);
  const end = card.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the card has no lines "${BEGIN}" and "${END}"`);
  return `${card.slice(0, begin + BEGIN.length)}\n\n${figureTable(report)}\n\n${card.slice(end)}`;
}

function figureTable(report: EvaluationReport): string {
  const { photographs, attributes, simulated, withoutPests, calibration, configuration } = report;
  const scene = (name: string): SceneFigures => {
    const figures = simulated[name];
    if (!figures) throw new Error(`evaluation.json has no figures of ${name}`);
    return figures;
  };
  const centres = (name: string): string => {
    const { frames, truths, detections, centreRecall, centrePrecision } = scene(name);
    return `recall ${percent(centreRecall)} of ${truths}, precision ${percent(centrePrecision)} of ${detections} (${frames} frames)`;
  };
  const alarms = (name: 'tagged' | 'untagged'): string =>
    `${withoutPests[name].framesWithDetections} of ${withoutPests[name].frames} frames`;
  const { all, windows } = calibration.measured;
  const rows: readonly (readonly [string, string])[] = [
    [
      `photographs that training never saw: top-1 over ${Object.keys(photographs.classes).length} names`,
      `${percent(photographs.top1)} of ${photographs.cases}`,
    ],
    ['the same by a model that was trained on simulated crops alone', simulatedOnly(photographs)],
    ['classes of those photographs of which none is recognised', unrecognised(photographs.classes)],
    [
      'windows of simulated frames of other seeds, parts of insects and empty ground among them: top-1 among all kinds',
      `${percent(windows.top1)} of ${windows.cases}`,
    ],
    [`simulated scenes by day, pests of ${configuration.minBoxPx} px and more, by centre`, centres('day')],
    ['the same frames: what the counts of one are wrong by, all kinds added', countError(scene('day'))],
    [
      `the same frames, pests of ${configuration.largeBoxPx} px and more: AP at IoU 0.3`,
      `${percent(scene('dayLarge').ap30)} of ${scene('dayLarge').truths}`,
    ],
    ['at night with flash', centres('night')],
    ['rain on the lens', centres('rain')],
    ['motion blur', centres('motion-blur')],
    ['frames without a pest, no printed tag in them: with a detection', alarms('untagged')],
    ['frames without a pest, a printed tag in them: with a detection', alarms('tagged')],
    ['detections on frames without a pest whose middle lies on a printed tag', String(withoutPests.detectionsOnTags)],
    ['the right one of four colours and kinds, simulated crops', share(attributes.seen)],
    ['the same for combinations that training never showed together', share(attributes.heldOut)],
    [
      'expected calibration error on held-out crops, photographs and simulated',
      `${all.ece.toFixed(3)} on ${all.cases}; the scale was fitted on ${calibration.fittedOn} others`,
    ],
  ];
  const { scales, overlap, minScore, sureScore } = configuration;
  return [
    `Measured by \`fieldscout eval\` and \`detect\` with one configuration: scales ${scales} px, overlap ${overlap}, least score ${minScore} beside one of ${sureScore}, ` +
      `all sets of \`prompts/insects\`, labels of which at least ${percent(configuration.minVisible)} can be seen. ` +
      '"By centre": a pest is found where the centre of a detection of its kind lies in its box, and such a detection is right.',
    '',
    '| measured | |',
    '|---|---|',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
  ].join('\n');
}

function countError({ countMae, truths, frames }: SceneFigures): string {
  return `${countMae === null ? 'no case' : countMae.toFixed(1)} of ${(truths / frames).toFixed(1)} pests`;
}

function simulatedOnly({ simulatedOnly: other, cases }: EvaluationReport['photographs']): string {
  return other === null ? 'not measured' : `${percent(other.top1)} of ${cases}, after ${other.crops} crops`;
}

function unrecognised(classes: EvaluationReport['photographs']['classes']): string {
  const names = Object.entries(classes).filter(([, [right]]) => right === 0);
  return names.length === 0 ? 'none' : names.map(([name, [, cases]]) => `${name} (${cases})`).join(', ');
}

const share = ({ right, cases }: AttributeScore): string => `${percent(right / cases)} of ${cases}`;

const percent = (value: number | null): string => (value === null ? 'no case' : `${(100 * value).toFixed(1)} %`);
