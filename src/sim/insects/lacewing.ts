import { hull, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, hairs, line, rings, shine } from '../drawing/skin.js';
import { drawWing } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

const BODY = hull(xy([36, 0, 35, 5.4, 26, 6.4, 14, 6.6, 4, 5, -12, 5.4, -34, 4.8, -47, 2.6, -50, 0]));
const HEAD = hull(xy([46, 0, 44.5, 5, 39, 7, 34, 5.6, 33, 0]));

const LEGS: readonly Limb[] = [
  xy([30, 5, 41, 15, 50, 21, 55, 23]),
  xy([20, 6, 21, 22, 16, 33, 15, 38]),
  xy([10, 6, -4, 22, -20, 33, -28, 37]),
];
const WIDTHS = [2.6, 2.2, 1.6, 1.2];
const FEELER: readonly XY[] = xy([44, 3, 60, 12, 82, 20, 106, 22]);

const FORE: readonly XY[] = xy([28, 5, 10, 18, -26, 35, -66, 42, -92, 36, -88, 22, -56, 10, -8, 4]);
const HIND: readonly XY[] = xy([18, 5, -4, 14, -40, 24, -70, 26, -78, 17, -56, 7, -16, 3]);

function lacewingDrawing(coat: Coat, vein: string): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 4);
    const outline = [...BODY.rim, ...HEAD.rim, ...bothSides(FORE), ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.mid, lower: coat.mid, foot: coat.dark, widths: WIDTHS }, light),
        feelers(FEELER, coat.dark, 1.5),
        dome('body', BODY, coat, light),
        rings(BODY, [26, 15, 4, -4, -12, -20, -28, -36, -43], -0.8, coat.rim, 0.9),
        line('M34 0L-46 0', coat.lit, 2, 0.7),
        dome('head', HEAD, coat, light),
        eye(41, 6.2, 3.8, 3.4, '#c8962a', light),
        eye(41, -6.2, 3.8, 3.4, '#c8962a', light),
        shine(22 + light.x * 3, light.y * 3, 8, 2, 0.6),
        wings(vein),
      ].join(''),
      silhouette: `<path d="${BODY.path}"/><path d="${HEAD.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

/** Lace: long veins, and a ladder of short ones between them and along the leading edge. */
function wings(vein: string): string {
  const longs: readonly (readonly XY[])[] = [
    xy([22, 7, -22, 28, -64, 36, -90, 31]),
    xy([18, 6, -24, 21, -62, 29, -91, 27]),
    xy([12, 6, -26, 15, -60, 20, -89, 24]),
    xy([6, 5, -24, 9, -58, 13, -82, 19]),
  ];
  const ladder = Array.from({ length: 15 }, (_, index): readonly (readonly [XY, XY])[] => {
    const share = (index + 1) / 16;
    const x = 16 - share * 102;
    const edge = 11 + 31 * Math.sin(Math.min(1, share * 1.25) * 1.5) - Math.max(0, share - 0.85) * 40;
    const under = 7 + 28 * Math.sin(Math.min(1, share * 1.2) * 1.45) - Math.max(0, share - 0.85) * 36;
    return [
      [
        [x + 3, under],
        [x, edge],
      ],
      [
        [x - 2, under * 0.8],
        [x + 1, under],
      ],
      [
        [x - 3, under * 0.58],
        [x, under * 0.76],
      ],
      [
        [x - 2, under * 0.36],
        [x - 4, under * 0.56],
      ],
    ];
  }).flat();
  const style = {
    membrane: [
      [0, '#e8f4e4', 0.34],
      [0.35, '#cfe6f4', 0.26],
      [0.6, '#f4dcec', 0.3],
      [1, '#dff0d4', 0.24],
    ],
    vein,
    veinWidth: 0.8,
    veinOpacity: 0.8,
  } as const;
  return [1, -1]
    .map((side) => {
      const over = (points: readonly XY[]) => points.map(([x, y]): XY => [x, y * side]);
      const rungs = ladder.map(([from, to]): readonly [XY, XY] => [
        [from[0], from[1] * side],
        [to[0], to[1] * side],
      ]);
      return (
        drawWing(`hind${side}`, over(HIND), [over(xy([10, 5, -36, 14, -72, 18]))], 4, style) +
        drawWing(`fore${side}`, over(FORE), longs.map(over), 5, style) +
        hairs(rungs, vein, 0.55, 0.65)
      );
    })
    .join('');
}

const LARVA = hull(xy([34, 0, 33, 7, 22, 12, 4, 15, -16, 13, -34, 8, -46, 3, -49, 0]));
const LARVA_HEAD = hull(xy([43, 0, 42, 6, 36, 7.4, 30, 6, 29, 0]));
const LARVA_LEGS: readonly Limb[] = [
  xy([27, 9, 35, 22, 42, 28, 46, 30]),
  xy([18, 11, 18, 27, 13, 36, 12, 40]),
  xy([8, 12, -4, 27, -16, 35, -20, 38]),
];

/** The aphid lion: spindle-shaped, striped, with sickle jaws. */
function larvaDrawing(coat: Coat, mark: string): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LARVA_LEGS, gait, 4.5);
    const widths = [3.2, 2.6, 2, 1.6];
    const jaw: readonly XY[] = xy([41, 4, 50, 8, 58, 7, 63, 1.6]);
    const outline = [...LARVA.rim, ...LARVA_HEAD.rim, ...bothSides(jaw), ...places(legs)];
    const seams = [24, 15, 6, -3, -11, -19, -26, -33, -39];
    const tufts = seams.flatMap((x) =>
      [1, -1].flatMap((side) =>
        [-3, 0, 3].map((lean): readonly [XY, XY] => [
          [x, side * LARVA.halfAt(x) * 0.9],
          [x + lean, side * (LARVA.halfAt(x) + 6)],
        ]),
      ),
    );
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.mid, lower: coat.dark, widths }, light),
        [1, -1]
          .map((side) =>
            fill(
              tapered(
                jaw.map(([x, y]): XY => [x, y * side]),
                [3, 2.4, 1.8, 0.6],
              ),
              '#4a2a14',
            ),
          )
          .join(''),
        hairs(tufts, coat.rim, 0.7, 0.8),
        dome('head', LARVA_HEAD, coat, light),
        dots(
          [
            [39, 4.6],
            [39, -4.6],
          ],
          '#1a100a',
          2.6,
        ),
        dome('skin', LARVA, coat, light),
        line('M32 5C10 8 -20 8 -46 1.4M32 -5C10 -8 -20 -8 -46 -1.4', mark, 3.2, 0.7),
        line('M32 0L-46 0', coat.rim, 1.6, 0.5),
        rings(LARVA, seams, -1, coat.rim, 1.1),
        dots(
          seams.flatMap((x): XY[] => [
            [x - 3, LARVA.halfAt(x) * 0.78],
            [x - 3, -LARVA.halfAt(x) * 0.78],
          ]),
          coat.lit,
          3.2,
          0.8,
        ),
        shine(2 + light.x * 7, light.y * 7, 16, 4, 0.5),
      ].join(''),
      silhouette: `<path d="${LARVA.path}"/><path d="${LARVA_HEAD.path}"/>${limbShadows(legs, widths)}`,
      outline,
      reach: outline.map(({ x, y }) => ({ x: x * 1.02, y: y * 1.08 })),
    };
  };
}

const GREEN: Coat = { lit: '#e0f8a8', mid: '#98d254', dark: '#5a9a2c', rim: '#28560e' };
const BROWN: Coat = { lit: '#d8b888', mid: '#9c7448', dark: '#644626', rim: '#2c1a0a' };
const SAND: Coat = { lit: '#f4e4bc', mid: '#cfae76', dark: '#94713e', rim: '#46300f' };

const FORMS: readonly Form[] = [
  ...(
    [
      ['green', GREEN, '#4a8a2e'],
      ['brown', BROWN, '#6a4a28'],
    ] as const
  ).map(([colour, coat, vein]) =>
    formOf({
      id: `lacewing-${colour}`,
      colour,
      stage: 'adult',
      posture: 'resting',
      lengthMm: { min: 8, max: 14 },
      lengthRange: { min: 100, max: 140 },
      thickness: 0.12,
      drawing: lacewingDrawing(coat, vein),
    }),
  ),
  formOf({
    id: 'lacewing-brown-larva',
    colour: 'brown',
    marking: 'striped',
    stage: 'larva',
    posture: 'walking',
    lengthMm: { min: 3, max: 9 },
    lengthRange: { min: 60, max: 96 },
    thickness: 0.1,
    drawing: larvaDrawing(SAND, '#7a3a24'),
  }),
];

export const LACEWING: Species = { target: 'lacewing', kind: 'lacewing', forms: FORMS };
