import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, line, linear, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

interface HopperColours {
  readonly coat: Coat;
  /** Folded wings, from the ridge to the edge, and how much they let through at their end. */
  readonly wing: readonly [ridge: string, middle: string, edge: string];
  readonly endOpacity: number;
  readonly vein: string;
  readonly mark: string;
}

const THORAX = hull(xy([36, 0, 34, 13, 24, 16, 10, 15, -2, 9, -8, 0]));

const HEAD = hull(xy([49, 0, 46.5, 6.5, 40, 12.5, 33, 15, 30, 0]));

/** One half of the roof that the wings make: narrow and long, wedge-shaped. */
const WING: readonly XY[] = xy([24, 13, 12, 19.5, -12, 20.5, -38, 16.5, -56, 9, -61, 2, -40, 0.5, -4, 0.5, 8, 8]);

const LEGS: readonly Limb[] = [
  xy([32, 10, 42, 22, 52, 28, 56, 31]),
  xy([18, 14, 18, 29, 12, 38, 8, 43]),
  xy([0, 14, -10, 27, -38, 27, -50, 31]),
];

const WIDTHS = [4, 3.4, 2.4, 1.8];

const FEELER: readonly XY[] = xy([45, 8, 51, 13, 58, 15]);

function hopperDrawing(colours: HopperColours): Drawing {
  return (light, gait): Figure => {
    const { coat } = colours;
    const legs = stepping(LEGS, gait, 3.5);
    const outline = [...HEAD.rim, ...THORAX.rim, ...bothSides(WING), ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.dark, lower: coat.mid, foot: coat.rim, widths: WIDTHS }, light),
        feelers(FEELER, coat.rim, 1.8),
        dots(
          [
            [50, 12],
            [50, -12],
          ],
          coat.dark,
          3.4,
        ),
        wings(colours, light.y),
        dome('head', HEAD, coat, light),
        line('M48 0L34 0M47 3.5L36 6.5M47 -3.5L36 -6.5', coat.rim, 0.9, 0.6),
        eye(39, 12.4, 5, 3.4, '#2c1a18', light),
        eye(39, -12.4, 5, 3.4, '#2c1a18', light),
        dome('thorax', THORAX, coat, light),
        line('M35 0L-6 0M34 6C24 8 10 7 0 5M34 -6C24 -8 10 -7 0 -5', coat.lit, 1.1, 0.65),
        dots(
          [
            [27, 9],
            [27, -9],
          ],
          colours.mark,
          3,
          0.8,
        ),
        shine(20 + light.x * 5, light.y * 8, 9, 4, 0.5),
      ].join(''),
      silhouette: `<path d="${THORAX.path}"/><path d="${HEAD.path}"/>${[WING, mirrored(WING)].map((rim) => `<path d="${blob(rim).path}"/>`).join('')}${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

function wings({ coat, wing, endOpacity, vein, mark }: HopperColours, lightY: number): string {
  const veins: readonly (readonly XY[])[] = [
    xy([18, 14, -12, 15, -40, 11, -55, 6]),
    xy([10, 11, -14, 9.5, -42, 6.5, -58, 3]),
    xy([4, 7, -16, 4.6, -40, 2.6]),
    xy([-34, 17, -38, 10, -36, 4]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (rim: readonly XY[]) => (side > 0 ? rim : mirrored(rim));
      const { path } = blob(over(WING));
      const lit = side * lightY > 0;
      return [
        linear(
          `wing${side}`,
          [1, 0.5],
          [0, 0.5],
          [
            [0, wing[1], 1],
            [0.55, wing[1], 0.96],
            [1, wing[2], endOpacity],
          ],
        ),
        linear(
          `fold${side}`,
          [0.5, side > 0 ? 0 : 1],
          [0.5, side > 0 ? 1 : 0],
          [
            [0, lit ? '#fff' : '#000', lit ? 0.28 : 0.12],
            [0.35, '#000', 0],
            [1, '#000', lit ? 0.16 : 0.42],
          ],
        ),
        fill(path, `url(#wing${side})`),
        fill(path, `url(#fold${side})`),
        line(veins.map((places) => openCurve(over(places))).join(''), vein, 0.9, 0.75),
        line(path, coat.rim, 0.9, 0.7),
        dots(over([[-20, 17.5]]), mark, 3.6, 0.9),
        line(
          openCurve([
            [-4, side * 1.5],
            [-58, side * 1.5],
          ]),
          wing[0],
          1.6,
          0.7,
        ),
      ].join('');
    })
    .concat(shine(-14, lightY * 10, 20, 3.4, 0.5))
    .join('');
}

const LOOKS: readonly (readonly [string, HopperColours])[] = [
  [
    'brown',
    {
      coat: { lit: '#c99a62', mid: '#8b5a2e', dark: '#54331a', rim: '#24140a' },
      wing: ['#e6c896', '#b58550', '#8a6a48'],
      endOpacity: 0.72,
      vein: '#4e3218',
      mark: '#2a180c',
    },
  ],
  [
    'green',
    {
      coat: { lit: '#dff59a', mid: '#9ace4c', dark: '#5e9426', rim: '#28500e' },
      wing: ['#effac0', '#86c64a', '#b4d88a'],
      endOpacity: 0.8,
      vein: '#4a8a24',
      mark: '#1c2a12',
    },
  ],
  [
    'white',
    {
      coat: { lit: '#fffdf4', mid: '#e2ded0', dark: '#a8a496', rim: '#5c584c' },
      wing: ['#ffffff', '#eeebe0', '#dcd9ce'],
      endOpacity: 0.85,
      vein: '#a39e8e',
      mark: '#4a4638',
    },
  ],
];

export const PLANTHOPPER: Species = {
  target: 'planthopper',
  kind: 'planthopper',
  forms: LOOKS.map(([colour, colours]) =>
    formOf({
      id: `planthopper-${colour}`,
      colour,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 2.6, max: 6 },
      lengthRange: { min: 54, max: 84 },
      thickness: 0.12,
      drawing: hopperDrawing(colours),
    }),
  ),
};
