import { type Hull, hull, mirrored, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, hairs, inside, line, radial, rings, shine } from '../drawing/skin.js';
import { type Figure, n } from '../figure.js';
import type { Point } from '../geometry.js';
import type { Form, Species } from '../species.js';

interface LadybirdColours {
  readonly cases: Coat;
  readonly spot: string;
  /** Places of the spots of one side and their sizes; those at y = 0 lie on the seam. */
  readonly spots: readonly (readonly [x: number, y: number, size: number])[];
}

const CASES = hull(xy([21, 0, 20, 14, 15, 26, 3, 36, -13, 39.5, -29, 35, -42, 23, -48, 9, -49.5, 0]));

const SHIELD = hull(xy([38, 0, 37, 12, 32, 20, 24, 24, 18, 21, 17, 0]));

const HEAD = hull(xy([48, 0, 46, 8, 40, 12, 34, 11, 32, 0]));

const BLACK: Coat = { lit: '#6b7078', mid: '#1d1e22', dark: '#0d0d10', rim: '#000000' };

const LEGS: readonly Limb[] = [
  xy([26, 17, 36, 27, 46, 33, 52, 38]),
  xy([4, 30, 5, 43, 0, 50, -4, 54]),
  xy([-18, 32, -28, 43, -40, 46, -47, 49]),
];

const WIDTHS = [5, 4, 2.8, 1.8];

const FEELER: readonly XY[] = xy([45, 6, 52, 11, 57, 16]);

function ladybirdDrawing(colours: LadybirdColours): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 4.5);
    const outline = [...CASES.rim, ...HEAD.rim, ...places(legs)];
    const cheeks: readonly XY[] = [
      [34, 15],
      [28, 19.5],
    ];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: '#1f1a18', lower: '#1a1513', widths: WIDTHS }, light),
        feelers(FEELER, '#4a3420', 2.2),
        dots(
          [
            [57, 16],
            [57, -16],
          ],
          '#2a1c12',
          4,
        ),
        dome('head', HEAD, BLACK, light),
        dots(
          [
            [42, 4.5],
            [42, -4.5],
          ],
          '#f6f1e2',
          4.2,
        ),
        eye(40, 11, 2.6, 2.4, '#050505', light),
        eye(40, -11, 2.6, 2.4, '#050505', light),
        dome('shield', SHIELD, BLACK, light),
        inside('cheeks', SHIELD, dots([...cheeks, ...mirrored(cheeks)], '#f6f1e2', 8.5, 0.95)),
        shine(28 + light.x * 4, light.y * 10, 8, 4.5, 0.5),
        dome('cases', CASES, colours.cases, light),
        inside('spots', CASES, spotsOf(colours)),
        line('M20 0L-49 0', '#000', 1.2, 0.7),
        radial('edge', [0.5, 0.5], 0.52, [
          [0.7, '#000', 0],
          [1, '#000', 0.4],
        ]),
        `<path d="${CASES.path}" fill="url(#edge)"/>`,
        shine(-10 + light.x * 15, light.y * 20, 19, 12, 0.4),
        shine(-8 + light.x * 18, light.y * 22, 8, 5, 1),
        shine(-24 - light.x * 12, -light.y * 24, 14, 6, 0.2),
      ].join(''),
      silhouette: [CASES, SHIELD, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

function spotsOf({ spots, spot }: LadybirdColours): string {
  return spots
    .flatMap(([x, y, size]) => (y === 0 ? [[x, 0, size] as const] : [[x, y, size] as const, [x, -y, size] as const]))
    .map(
      ([x, y, size]) =>
        `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(size)}" ry="${n(size * 0.92)}" fill="${spot}" fill-opacity="0.96"/>`,
    )
    .join('');
}

const SEVEN = [
  [14, 0, 6.5],
  [0, 22, 6.5],
  [-18, 13, 7],
  [-30, 25, 6],
] as const;

const TWENTY_TWO = [
  [13, 6, 3],
  [10, 18, 3.2],
  [2, 28, 3],
  [-3, 9, 3.4],
  [-8, 21, 3.6],
  [-14, 33, 3],
  [-20, 8, 3.4],
  [-24, 20, 3.4],
  [-31, 29, 2.6],
  [-34, 9, 3],
  [-41, 15, 2.4],
] as const;

const ADULTS: readonly (readonly [string, LadybirdColours])[] = [
  [
    'red',
    {
      cases: { lit: '#ff7b4a', mid: '#dd2a12', dark: '#9c140a', rim: '#4c0602' },
      spot: '#0c0908',
      spots: SEVEN,
    },
  ],
  [
    'orange',
    {
      cases: { lit: '#ffc27a', mid: '#f08a22', dark: '#b0560e', rim: '#582404' },
      spot: '#120c08',
      spots: TWENTY_TWO.slice(0, 9),
    },
  ],
  [
    'yellow',
    {
      cases: { lit: '#fff5a8', mid: '#f4d02a', dark: '#bf920f', rim: '#5a4204' },
      spot: '#14100a',
      spots: TWENTY_TWO,
    },
  ],
  [
    'black',
    {
      cases: { lit: '#777b84', mid: '#1c1d21', dark: '#0c0c0f', rim: '#000000' },
      spot: '#d8341a',
      spots: [
        [-1, 18, 9],
        [-30, 12, 6],
      ],
    },
  ],
];

const LARVA = hull(xy([37, 0, 36, 8, 30, 13, 18, 16, 2, 16.5, -16, 15, -32, 10.5, -44, 5, -49, 0]));

const LARVA_HEAD = hull(xy([49, 0, 47, 6, 41, 8, 35, 7, 34, 0]));

const LARVA_LEGS: readonly Limb[] = [
  xy([28, 9, 37, 23, 46, 33, 50, 36]),
  xy([20, 12, 21, 29, 16, 41, 16, 45]),
  xy([11, 12, 2, 29, -9, 40, -12, 44]),
];

/** The larva looks like a tiny alligator: long, warty, with orange marks. */
function larvaDrawing(coat: Coat, mark: string): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LARVA_LEGS, gait, 5);
    const widths = [4.6, 3.6, 2.6, 2];
    const seams = [26, 15, 6, -3, -11, -19, -26, -33, -39];
    const outline = [...LARVA.rim, ...LARVA_HEAD.rim, ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.mid, lower: coat.rim, widths }, light),
        dome('head', LARVA_HEAD, BLACK, light),
        dome('skin', LARVA, coat, light),
        rings(LARVA, seams, 1.5, coat.rim, 1.8),
        warts(LARVA, seams, coat, light),
        dots(xy([1, 9, 1, -9, 1, 14, 1, -14, -22, 9, -22, -9, 31, 6, 31, -6]), mark, 5.4),
      ].join(''),
      silhouette: `<path d="${LARVA.path}"/><path d="${LARVA_HEAD.path}"/>${limbShadows(legs, widths)}`,
      outline,
      reach: outline.map(({ x, y }) => ({ x: x * 1.04, y: y * 1.04 })),
    };
  };
}

function warts(body: Hull, seams: readonly number[], coat: Coat, light: Point): string {
  const places = seams.flatMap((x): XY[] =>
    [-0.85, -0.5, -0.17, 0.17, 0.5, 0.85].map((share): XY => [x + 4, share * body.halfAt(x + 4)]),
  );
  const bristles = seams.flatMap((x) =>
    [1, -1].flatMap((side): (readonly [XY, XY])[] => {
      const half = body.halfAt(x + 4);
      return [-2, 0, 2].map((lean): readonly [XY, XY] => [
        [x + 4, side * half * 0.9],
        [x + 4 + lean, side * (half + 4.5)],
      ]);
    }),
  );
  const lights = places.map(([x, y]): XY => [x + light.x * 0.8, y + light.y * 0.8]);
  return hairs(bristles, coat.rim, 0.8) + dots(places, coat.rim, 3.4) + dots(lights, coat.lit, 1.3, 0.7);
}

const LARVAE: readonly (readonly [string, Coat, string])[] = [
  ['black', { lit: '#7a7e88', mid: '#3a3d45', dark: '#1e2026', rim: '#08090b' }, '#f0801e'],
  ['grey', { lit: '#c6cad0', mid: '#868b94', dark: '#50545c', rim: '#202328' }, '#f5a02a'],
];

const FORMS: readonly Form[] = [
  ...ADULTS.map(([colour, colours]) =>
    formOf({
      id: `ladybird-${colour}`,
      colour,
      marking: 'spotted',
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 3.5, max: 8 },
      lengthRange: { min: 66, max: 100 },
      thickness: 0.2,
      drawing: ladybirdDrawing(colours),
    }),
  ),
  ...LARVAE.map(([colour, coat, mark]) =>
    formOf({
      id: `ladybird-${colour}-larva`,
      colour,
      marking: 'spotted',
      stage: 'larva',
      posture: 'walking',
      lengthMm: { min: 3, max: 11 },
      lengthRange: { min: 70, max: 110 },
      thickness: 0.1,
      drawing: larvaDrawing(coat, mark),
    }),
  ),
];

export const LADYBIRD: Species = { target: 'ladybird', kind: 'ladybird', forms: FORMS };
