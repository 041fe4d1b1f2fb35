import { type Hull, hull, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, line, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

interface WeevilColours {
  readonly coat: Coat;
  readonly leg: string;
  /** Scales that powder the wing cases. */
  readonly scales: string;
  readonly gloss: number;
}

const CASES = hull(xy([10, 0, 9, 13, 4, 20, -10, 23.5, -24, 22.5, -38, 15, -47, 5, -49, 0]));

const SHIELD = hull(xy([27, 0, 26, 8.5, 20, 13, 12, 14, 7, 12.5, 6, 0]));

/** The head runs out into the snout. */
const HEAD = hull(xy([58, 0, 57.5, 3.6, 50, 3, 42, 3.2, 37, 5.4, 32, 8, 26, 8, 24, 0]));

const LEGS: readonly Limb[] = [
  xy([17, 10, 32, 24, 43, 37, 50, 40]),
  xy([2, 17, 3, 35, -6, 47, -10, 54]),
  xy([-12, 18, -26, 35, -43, 42, -51, 47]),
];

const WIDTHS = [6.6, 5, 3.2, 2.4];

/** Elbowed: a straight first joint from the middle of the snout, then a whip that ends in a club. */
const FEELER: readonly XY[] = xy([47, 2.5, 42, 16, 50, 23, 58, 28]);

function weevilDrawing(colours: WeevilColours): Drawing {
  return (light, gait, individual): Figure => {
    const legs = stepping(LEGS, gait, 5.5);
    const outline = [...CASES.rim, ...HEAD.rim, ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, widths: WIDTHS }, light),
        feelers(FEELER, colours.coat.rim, 2.6),
        dots(xy([55, 26.5, 58, 28, 55, -26.5, 58, -28]), colours.coat.rim, 5),
        dome('head', HEAD, colours.coat, light),
        line('M40 0L56 0', colours.coat.rim, 0.9, 0.5),
        shine(49, light.y * 1.6, 8, 1.2, 0.5 * colours.gloss),
        eye(33, 7.4, 3, 2.6, '#0b0808', light),
        eye(33, -7.4, 3, 2.6, '#0b0808', light),
        dome('shield', SHIELD, colours.coat, light),
        powder(SHIELD, 36, individual + 31, 8, 26, colours),
        line('M26 0L8 0', colours.scales, 1.6, 0.5),
        shine(17 + light.x * 4, light.y * 6, 6, 4, 0.3 * colours.gloss),
        dome('cases', CASES, colours.coat, light),
        furrows(colours),
        powder(CASES, 90, individual + 7, 8, -47, colours),
        line('M9.5 0L-49 0', '#000', 1.3, 0.7),
        shine(-10 + light.x * 9, light.y * 11, 18, 7, 0.4 * colours.gloss),
        shine(-7 + light.x * 11, light.y * 12, 6, 2.4, 0.8 * colours.gloss),
      ].join(''),
      silhouette: [CASES, SHIELD, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

/** Deep rows of pits, the ridges between them in the light. */
function furrows(colours: WeevilColours): string {
  const rows = (shares: readonly number[]) =>
    shares
      .flatMap((share) =>
        [1, -1].map((side) => openCurve([8, -4, -18, -32, -43].map((x): XY => [x, side * share * CASES.halfAt(x)]))),
      )
      .join('');
  const pits = `<path d="${rows([0.17, 0.36, 0.55, 0.74, 0.9])}" fill="none" stroke="${colours.coat.rim}" stroke-opacity="0.75" stroke-width="1.5" stroke-dasharray="1.6 1.6" stroke-linecap="round"/>`;
  return pits + line(rows([0.26, 0.46, 0.65, 0.82]), colours.coat.lit, 1, 0.3);
}

function powder(body: Hull, count: number, seed: number, from: number, to: number, colours: WeevilColours): string {
  return (
    dots(scattered(body, count, seed, from, to), colours.scales, 1.5, 0.55) +
    dots(scattered(body, Math.round(count / 3), seed + 100, from, to), colours.coat.rim, 2, 0.4)
  );
}

const COLOURS: readonly (readonly [string, WeevilColours])[] = [
  [
    'brown',
    {
      coat: { lit: '#c39365', mid: '#8a5a34', dark: '#53331b', rim: '#24140a' },
      leg: '#6d4426',
      scales: '#d9b98c',
      gloss: 0.45,
    },
  ],
  [
    'grey',
    {
      coat: { lit: '#d6d3ca', mid: '#98958b', dark: '#5c5a54', rim: '#2a2926' },
      leg: '#6e6a62',
      scales: '#eae7dc',
      gloss: 0.25,
    },
  ],
  [
    'black',
    {
      coat: { lit: '#6a6a70', mid: '#2a2a2e', dark: '#141416', rim: '#030303' },
      leg: '#242224',
      scales: '#77726a',
      gloss: 0.85,
    },
  ],
  [
    'green',
    {
      coat: { lit: '#c4eb9a', mid: '#74b85a', dark: '#3c7a3a', rim: '#173a1a' },
      leg: '#6a9a4a',
      scales: '#dcf7b8',
      gloss: 0.35,
    },
  ],
  [
    'red',
    {
      coat: { lit: '#e88a5c', mid: '#b2482a', dark: '#702414', rim: '#330d06' },
      leg: '#7a2e1a',
      scales: '#f0b088',
      gloss: 0.6,
    },
  ],
];

export const WEEVIL: Species = {
  target: 'weevil',
  kind: 'weevil',
  forms: COLOURS.map(([colour, colours]) =>
    formOf({
      id: `weevil-${colour}`,
      colour,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 3, max: 12 },
      lengthRange: { min: 72, max: 110 },
      thickness: 0.14,
      drawing: weevilDrawing(colours),
    }),
  ),
};
