import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, hairs, inside, line, linear, rings, shine } from '../drawing/skin.js';
import { beatingWing, beatRim } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

const SKIN: Coat = { lit: '#fff6bc', mid: '#f0da78', dark: '#b79a3c', rim: '#6a5518' };

const BODY = hull(xy([46, 0, 44, 8, 36, 11, 28, 10, 16, 13, 0, 13, -22, 11, -40, 6, -48, 0]));

const LEGS: readonly Limb[] = [
  xy([28, 8, 40, 20, 50, 30, 56, 33]),
  xy([18, 10, 20, 28, 20, 42, 23, 47]),
  xy([8, 10, -6, 28, -22, 44, -28, 48]),
];

const WIDTHS = [4, 3, 2.2, 1.4];

const FEELER: readonly XY[] = xy([44, 5, 56, 12, 68, 16]);

/** The powder on the wings: on the lit and on the far side, and towards the edge. */
interface Wax {
  readonly lit: string;
  readonly far: string;
  readonly shade: string;
}

/** Held like a roof over the body, wider towards the rounded tips, powdered with wax. */
const ROOF: readonly XY[] = xy([26, 3, 18, 15, -6, 27, -36, 34, -60, 31, -70, 18, -68, 4, -40, 0.6, 0, 0.6]);

function adultDrawing(wax: Wax, flying: boolean): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, flying ? 0.25 : gait, 4);
    const spread = [...beatRim([24, 6], 82, 58, 118), ...beatRim([12, 7], 62, 92, 142)];
    const outline = [...BODY.rim, ...places(legs), ...bothSides(flying ? spread : ROOF)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: '#e8d894', lower: '#d6c47c', widths: WIDTHS }, light),
        feelers(FEELER, '#b09a58', 2.2),
        dome('skin', BODY, SKIN, light),
        rings(BODY, [12, 0, -10, -20, -29, -37], 1, SKIN.rim, 1),
        flying ? wingsInFlight(gait) : roof(wax, light.y),
        eye(41, 8, 4, 3.2, '#8c1616', light),
        eye(41, -8, 4, 3.2, '#8c1616', light),
      ].join(''),
      silhouette: `<path d="${BODY.path}"/>${flying ? '' : [ROOF, mirrored(ROOF)].map((rim) => `<path d="${blob(rim).path}"/>`).join('')}${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

function roof({ lit, far, shade }: Wax, lightY: number): string {
  const vein: readonly XY[] = xy([22, 8, -10, 17, -40, 20, -62, 17]);
  return [1, -1]
    .map((side) => {
      const over = (rim: readonly XY[]) => (side > 0 ? rim : mirrored(rim));
      const shape = blob(over(ROOF));
      const towards = side * lightY > 0;
      return [
        linear(
          `roof${side}`,
          [0.5, side > 0 ? 0 : 1],
          [0.5, side > 0 ? 1 : 0],
          [
            [0, towards ? lit : far, 0.97],
            [0.6, towards ? lit : far, 0.96],
            [1, shade, 0.94],
          ],
        ),
        `<path d="${shape.path}" fill="url(#roof${side})" stroke="${shade}" stroke-width="1"/>`,
        line(openCurve(over(vein)), shade, 1.2, 0.7),
        inside(
          `wax${side}`,
          shape,
          dots(
            Array.from({ length: 30 }, (_, index): XY => [18 - ((index * 37) % 86), side * (3 + ((index * 53) % 29))]),
            '#fff',
            2.2,
            0.5,
          ),
        ),
      ].join('');
    })
    .concat(line('M24 0L-68 0', '#9aa3a4', 1, 0.7))
    .join('');
}

function wingsInFlight(gait: number): string {
  return [1, -1]
    .flatMap((side) => [
      beatingWing(`fore${side}`, [24, side * 6], 82, side * 58, side * 118, '#f4f7f8', gait),
      beatingWing(`hind${side}`, [12, side * 7], 62, side * 92, side * 142, '#e8eef0', gait + 0.1),
    ])
    .join('');
}

const SCALE = hull(xy([49, 0, 46, 14, 34, 26, 10, 33, -18, 32, -38, 22, -48, 9, -50, 0]));

/** The young sit still as flat, clear ovals with a fringe of wax threads. */
function nymphDrawing(coat: Coat): Drawing {
  return (light): Figure => {
    const threads = SCALE.rim.flatMap(({ x, y }): (readonly [XY, XY])[] => {
      const far = 1.13;
      return [
        [
          [x, y],
          [x * far, y * far],
        ],
      ];
    });
    return {
      defs: '',
      body: [
        hairs(threads, '#f8faf0', 1.6, 0.7),
        dome('skin', SCALE, coat, light),
        rings(SCALE, [20, 8, -3, -13, -22, -30, -37], 2, coat.rim, 1.2),
        dots(
          [
            [30, 9],
            [30, -9],
          ],
          '#a01a14',
          5,
        ),
        dots(
          [
            [-8, 11],
            [-8, -11],
          ],
          '#f0b820',
          12,
          0.55,
        ),
        shine(4 + light.x * 16, light.y * 16, 20, 10, 0.6),
      ].join(''),
      silhouette: `<path d="${SCALE.path}"/>`,
      outline: SCALE.rim,
      reach: SCALE.rim.map(({ x, y }) => ({ x: x * 1.14, y: y * 1.14 })),
    };
  };
}

const WHITE_WAX: Wax = { lit: '#fcfdfc', far: '#e4e8e9', shade: '#c9d0d2' };
/** Freshly hatched ones have little wax on their yellow wings. */
const YELLOW_WAX: Wax = { lit: '#fff4b4', far: '#f0dc88', shade: '#c8ac48' };

const ADULT = { lengthMm: { min: 0.9, max: 1.6 }, lengthRange: { min: 28, max: 44 }, thickness: 0.12 } as const;
const NYMPH = { lengthMm: { min: 0.4, max: 0.9 }, lengthRange: { min: 16, max: 28 }, thickness: 0.05 } as const;

export const WHITEFLY: Species = {
  target: 'whitefly',
  kind: 'whitefly',
  forms: [
    formOf({
      id: 'whitefly-white',
      colour: 'white',
      stage: 'adult',
      posture: 'walking',
      ...ADULT,
      drawing: adultDrawing(WHITE_WAX, false),
    }),
    formOf({
      id: 'whitefly-white-flying',
      colour: 'white',
      stage: 'adult',
      posture: 'flying',
      ...ADULT,
      drawing: adultDrawing(WHITE_WAX, true),
    }),
    formOf({
      id: 'whitefly-yellow',
      colour: 'yellow',
      stage: 'adult',
      posture: 'resting',
      ...ADULT,
      drawing: adultDrawing(YELLOW_WAX, false),
    }),
    formOf({
      id: 'whitefly-yellow-nymph',
      colour: 'yellow',
      marking: 'young',
      stage: 'nymph',
      posture: 'resting',
      ...NYMPH,
      drawing: nymphDrawing({ lit: '#fdfbd2', mid: '#e6e08c', dark: '#b3b04e', rim: '#6c6c22' }),
    }),
    formOf({
      id: 'whitefly-green-nymph',
      colour: 'green',
      marking: 'young',
      stage: 'nymph',
      posture: 'resting',
      ...NYMPH,
      drawing: nymphDrawing({ lit: '#f2fad0', mid: '#c4dc8c', dark: '#8aa850', rim: '#46601e' }),
    }),
  ],
};
