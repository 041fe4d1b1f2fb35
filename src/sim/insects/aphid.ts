import { type Hull, hull, mirrored, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, inside, rings, scattered, shine } from '../drawing/skin.js';
import { beatingWing, beatRim, drawWing, type WingStyle } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

interface AphidColours extends Coat {
  readonly leg: string;
  /** Feet, feelers and the two tubes on the back. */
  readonly tip: string;
}

/** As the melon and the oleander aphid are. */
const YELLOW_APHID: AphidColours = {
  lit: '#fff3a0',
  mid: '#e8c93a',
  dark: '#b08d1e',
  rim: '#6a5210',
  leg: '#b89a3a',
  tip: '#2b2310',
};

const GREEN_APHID: AphidColours = {
  lit: '#eaf7a0',
  mid: '#a9cf45',
  dark: '#63901f',
  rim: '#37560f',
  leg: '#9fae48',
  tip: '#2b2a14',
};

const BLACK_APHID: AphidColours = {
  lit: '#6f727a',
  mid: '#2e2d33',
  dark: '#131217',
  rim: '#060508',
  leg: '#9a8a58',
  tip: '#141010',
};

/** The pink morph of the potato and the pea aphid. */
const PINK_APHID: AphidColours = {
  lit: '#ffd9cf',
  mid: '#e8949a',
  dark: '#b05566',
  rim: '#6d2a3c',
  leg: '#d0938a',
  tip: '#4a2028',
};

const BODY = hull(xy([44, 0, 42.5, 8, 36, 12, 27, 14.5, 12, 21, -6, 27.5, -24, 28.5, -39, 21.5, -48, 10, -51, 0]));

/** Young ones are rounder, with shorter feelers and tubes. */
const YOUNG_BODY = hull(xy([44, 0, 42, 11, 32, 17, 14, 23, -8, 27, -28, 25, -42, 15, -48, 0]));

const LEGS: readonly Limb[] = [
  xy([26, 9, 40, 22, 53, 34, 58, 39]),
  xy([14, 13, 17, 32, 13, 49, 14, 55]),
  xy([2, 16, -16, 34, -38, 50, -45, 54]),
];

const WIDTHS = [4.4, 3.2, 2.3, 1.5];

type Wings = 'none' | 'folded' | 'beating';

/** An aphid seen from above: pear-shaped, with its two tubes (cornicles), long feelers and thin legs. */
function aphidDrawing(colours: AphidColours, age: 'adult' | 'nymph' = 'adult', wings: Wings = 'none'): Drawing {
  return (light, gait, individual): Figure => {
    const grown = age === 'adult';
    const body = grown ? BODY : YOUNG_BODY;
    const legs = stepping(LEGS, wings === 'beating' ? 0.25 : gait, 6);
    const tube: readonly XY[] = grown ? xy([-33, 17, -45, 21, -58, 24]) : xy([-32, 15, -39, 18, -45, 20]);
    const sway = Math.sin(2 * Math.PI * gait) * 2.5;
    const feeler: readonly XY[] = grown
      ? [
          [41, 5],
          [54, 17],
          [44, 37 + sway],
          [6, 50 + sway],
        ]
      : [
          [41, 6],
          [52, 18],
          [46, 32 + sway],
          [28, 40 + sway],
        ];
    const tubes = [tube, mirrored(tube)];
    const drawnTubes = tubes
      .map((line) => `<path d="${tapered(line, [5.4, 3.8, 3.6])}" fill="${colours.tip}"/>`)
      .join('');
    const outline = [
      ...body.rim,
      ...places(legs),
      ...bothSides(tube),
      ...(wings === 'none' ? [] : bothSides(wings === 'folded' ? FOLDED : beatRim([14, 10], 76, 62, 128))),
    ];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, foot: colours.tip, widths: WIDTHS }, light),
        feelers(feeler, colours.tip, 3),
        grown
          ? `<path d="${tapered(
              [
                [-44, 0],
                [-60, 0],
              ],
              [11, 4],
            )}" fill="${colours.dark}" stroke="${colours.rim}" stroke-width="0.8"/>`
          : '',
        skinOf(body, colours, light, individual),
        drawnTubes,
        eye(36, 9.5, 3.6, 3, '#4a0f10', light),
        eye(36, -9.5, 3.6, 3, '#4a0f10', light),
        wings === 'none' ? '' : thorax(colours, light),
        wings === 'folded' ? foldedWings() : '',
        wings === 'beating' ? beating(gait) : '',
      ].join(''),
      silhouette: `<path d="${body.path}"/>${limbShadows(legs, WIDTHS)}${wings === 'folded' ? `<path d="${WING_SHADOW}" fill-opacity="0.45"/>` : ''}`,
      outline,
      reach: [...outline, ...bothSides(feeler)],
    };
  };
}

function skinOf(body: Hull, colours: AphidColours, light: { readonly x: number; readonly y: number }, seed: number) {
  const mottle = inside(
    'mottle',
    body,
    dots(scattered(body, 34, seed + 11, 20, -46), colours.dark, 5, 0.28) +
      dots(scattered(body, 26, seed + 12, 24, -46), colours.lit, 3.4, 0.3) +
      dots(
        [-40, -29, -17, -5, 7].flatMap((x): XY[] => [
          [x, body.halfAt(x) * 0.55],
          [x, -body.halfAt(x) * 0.55],
        ]),
        colours.rim,
        3,
        0.45,
      ),
  );
  return [
    dome('skin', body, colours, light),
    mottle,
    rings(body, [27, 16, 5, -6, -17, -28, -38], 3, colours.rim, 0.9),
    shine(-12 + light.x * 13, light.y * 12, 17, 11, 0.55),
    shine(-12 + light.x * 16, light.y * 15, 5, 3.4, 0.95),
    shine(33 + light.x * 3, light.y * 5, 6, 4, 0.4),
  ].join('');
}

const FOLDED: readonly XY[] = xy([24, 5, 2, 19, -35, 33, -76, 36, -97, 29, -92, 15, -58, 5, -10, 2]);
const FOLDED_SHAPE = [hullOf(FOLDED), hullOf(mirrored(FOLDED))];
const WING_SHADOW = FOLDED_SHAPE.join('');

function hullOf(rim: readonly XY[]): string {
  return `M${rim.map(([x, y]) => `${x} ${y}`).join('L')}Z`;
}

const GLASS: WingStyle = {
  membrane: [
    [0, '#f4f6f2', 0.42],
    [0.35, '#d9e6ef', 0.3],
    [0.6, '#f3e3ec', 0.34],
    [1, '#e6eee0', 0.28],
  ],
  vein: '#4a4334',
  veinWidth: 0.9,
  veinOpacity: 0.7,
};

function foldedWings(): string {
  const veins: readonly (readonly XY[])[] = [
    xy([20, 6, -20, 24, -66, 32]),
    xy([-14, 21, -50, 18, -80, 11]),
    xy([-34, 26, -66, 22, -93, 20]),
    xy([2, 15, -22, 11, -42, 4]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (places: readonly XY[]) => (side > 0 ? places : mirrored(places));
      const stigma = tapered(over(xy([-46, 33.5, -60, 35, -75, 34])), [1, 5, 1]);
      return `${drawWing(`wing${side}`, over(FOLDED), veins.map(over), 5, GLASS)}<path d="${stigma}" fill="#5c5140" fill-opacity="0.75"/>`;
    })
    .join('');
}

function beating(gait: number): string {
  return (
    beatingWing('right', [14, 10], 76, 62, 128, '#dfe6ea', gait) +
    beatingWing('left', [14, -10], 76, -62, -128, '#dfe6ea', gait)
  );
}

/** Winged aphids carry a dark, polished thorax between head and abdomen. */
function thorax(colours: AphidColours, light: { readonly x: number; readonly y: number }): string {
  const plate = hull(xy([33, 0, 31, 11, 20, 16.5, 8, 16, 3, 0]));
  const coat: Coat = { lit: '#7d7a6c', mid: '#38362c', dark: '#1b1a14', rim: '#0b0a08' };
  return (
    dome('thorax', plate, colours === BLACK_APHID ? BLACK_APHID : coat, light) +
    shine(20 + light.x * 6, light.y * 8, 6, 4, 0.7)
  );
}

const SIZE = { lengthMm: { min: 1.2, max: 3.2 }, lengthRange: { min: 32, max: 54 }, thickness: 0.13 } as const;
const YOUNG = { lengthMm: { min: 0.5, max: 1.2 }, lengthRange: { min: 20, max: 32 }, thickness: 0.14 } as const;

const COLOURS: readonly (readonly [string, AphidColours])[] = [
  ['green', GREEN_APHID],
  ['yellow', YELLOW_APHID],
  ['black', BLACK_APHID],
  ['pink', PINK_APHID],
];

const FORMS: readonly Form[] = COLOURS.flatMap(([colour, colours]) => [
  formOf({
    id: `aphid-${colour}`,
    colour,
    stage: 'adult',
    posture: 'walking',
    ...SIZE,
    drawing: aphidDrawing(colours),
  }),
  formOf({
    id: `aphid-${colour}-nymph`,
    colour,
    marking: 'young',
    stage: 'nymph',
    posture: 'walking',
    ...YOUNG,
    drawing: aphidDrawing(colours, 'nymph'),
  }),
  formOf({
    id: `aphid-${colour}-winged`,
    colour,
    marking: 'winged',
    stage: 'adult',
    posture: 'resting',
    ...SIZE,
    drawing: aphidDrawing(colours, 'adult', 'folded'),
  }),
  formOf({
    id: `aphid-${colour}-flying`,
    colour,
    marking: 'winged',
    stage: 'adult',
    posture: 'flying',
    ...SIZE,
    drawing: aphidDrawing(colours, 'adult', 'beating'),
  }),
]);

export const APHID: Species = {
  target: 'aphid',
  kind: 'aphid',
  forms: FORMS,
};
