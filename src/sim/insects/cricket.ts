import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, hairs, inside, line, rings, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Point } from '../geometry.js';
import type { Species } from '../species.js';

interface CricketColours {
  readonly coat: Coat;
  readonly wing: string;
  readonly vein: string;
  readonly leg: string;
}

const HEAD = hull(xy([50, 0, 48, 8.5, 41, 13.5, 33, 14.5, 30, 0]));
const SHIELD = hull(xy([34, 0, 33, 14, 26, 16, 16, 16, 13, 13, 12, 0]));
const ABDOMEN = hull(xy([14, 0, 12, 13, -12, 15.5, -32, 12.5, -45, 7, -50, 0]));
const WING: readonly XY[] = xy([14, 1, 13, 12.5, 0, 15.5, -18, 14.5, -34, 9, -37, 2, -20, 0]);

const WALKERS: readonly Limb[] = [xy([28, 13, 38, 25, 48, 31, 55, 34]), xy([16, 14, 16, 31, 8, 42, 6, 48])];
const WIDTHS = [5, 4, 2.8, 2];

const THIGH: readonly XY[] = xy([6, 13, -6, 23, -22, 29.5, -38, 32, -42, 29.5, -34, 24, -18, 15.5, -4, 10]);
const SHIN: Limb = xy([-40, 30.5, -53, 24, -66, 20, -74, 20]);
const CERCUS: readonly XY[] = xy([-46, 6, -58, 11, -70, 18]);

function cricketDrawing(colours: CricketColours): Drawing {
  return (light, gait): Figure => {
    const { coat } = colours;
    const legs = stepping(WALKERS, gait, 5);
    const push = Math.sin(2 * Math.PI * gait) * 2;
    const sway = Math.sin(2 * Math.PI * gait) * 5;
    const feeler: readonly XY[] = [
      [47, 5],
      [62, 16],
      [84, 26 + sway],
      [108, 30 + sway],
      [132, 26 + sway],
    ];
    const jumpers = [1, -1].map((side) => ({
      side,
      thigh: blob(THIGH.map(([x, y]): XY => [x + push * side, y * side])),
      shin: SHIN.map(([x, y]): XY => [x + push * side, y * side]),
    }));
    const outline = [
      ...HEAD.rim,
      ...ABDOMEN.rim,
      ...places(legs),
      ...jumpers.flatMap(({ thigh, shin }) => [...thigh.rim, ...places([shin])]),
    ];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, foot: coat.rim, widths: WIDTHS }, light),
        feelers(feeler, coat.rim, 1.8),
        [CERCUS, mirrored(CERCUS)].map((places) => fill(tapered(places, [3.4, 2.4, 0.8]), coat.dark)).join(''),
        dome('abdomen', ABDOMEN, coat, light),
        rings(ABDOMEN, [-18, -25, -31, -37, -43], -1, coat.rim, 1.2),
        ...jumpers.map((leg) => jumper(leg, colours, light)),
        wings(colours, light),
        dome('head', HEAD, coat, light),
        line('M40 -12C44 -7 44 7 40 12', colours.vein, 1.2, 0.6),
        eye(44, 10, 4, 3.4, '#1c1210', light),
        eye(44, -10, 4, 3.4, '#1c1210', light),
        shine(41 + light.x * 4, light.y * 7, 6, 4, 0.75),
        dome('shield', SHIELD, coat, light),
        hairs(
          [-13, -9, -4, 4, 9, 13].flatMap((y): (readonly [XY, XY])[] => [
            [
              [32, y],
              [35, y * 1.04],
            ],
            [
              [15, y],
              [12, y * 1.06],
            ],
          ]),
          coat.lit,
          0.6,
          0.5,
        ),
        line('M33 0L13 0', coat.rim, 0.8, 0.7),
        shine(24 + light.x * 4, light.y * 9, 8, 4, 0.6),
      ].join(''),
      silhouette:
        [HEAD, SHIELD, ABDOMEN, ...jumpers.map(({ thigh }) => thigh)]
          .map(({ path }) => `<path d="${path}"/>`)
          .join('') + limbShadows([...legs, ...jumpers.map(({ shin }) => shin)], WIDTHS),
      outline,
      reach: [...outline, ...bothSides([...feeler, ...CERCUS])],
    };
  };
}

function jumper(
  { side, thigh, shin }: { readonly side: number; readonly thigh: ReturnType<typeof blob>; readonly shin: Limb },
  { coat, leg, vein }: CricketColours,
  light: Point,
): string {
  const spines = [0.25, 0.5, 0.75, 1].flatMap((share): (readonly [XY, XY])[] => {
    const [from, to] = [shin[0] as XY, shin[2] as XY];
    const root: XY = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    return [
      [root, [root[0] - 3, root[1] + side * 3.6]],
      [root, [root[0] - 4, root[1] - side * 1.8]],
    ];
  });
  return [
    fill(tapered(shin, [4, 3, 2.2, 1.4]), leg),
    hairs(spines, coat.rim, 0.9),
    dome(`thigh${side}`, thigh, coat, light),
    inside(
      `thigh-in${side}`,
      thigh,
      line(
        [0, 1, 2, 3, 4, 5].map((step) => `M${2 - step * 7} ${side * (12 + step * 3)}l-6 ${side * 7}`).join(''),
        vein,
        0.9,
        0.35,
      ),
    ),
    shine(-18, side * 23 + light.y * 3, 14, 2.6, 0.4, side * -24),
  ].join('');
}

/** Leathery forewings folded flat over the back; the net of their harp and mirror is what sings. */
function wings({ wing, vein, coat }: CricketColours, light: Point): string {
  const veins: readonly (readonly XY[])[] = [
    xy([12, 11, -4, 12.6, -22, 10.8, -34, 6]),
    xy([12, 8, 0, 8.4, -12, 3]),
    xy([12, 5, 4, 5.4, -6, 1]),
    xy([-12, 12, -16, 5, -24, 2]),
    xy([-20, 11, -25, 5, -33, 3]),
    xy([0, 12, -8, 6, -10, 1]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (points: readonly XY[]) => (side > 0 ? points : mirrored(points));
      const shape = blob(over(WING));
      const lit = side * light.y > 0;
      return [
        fill(shape.path, wing),
        fill(shape.path, lit ? '#fff' : '#000', lit ? 0.12 : 0.18),
        line(veins.map((places) => openCurve(over(places))).join(''), vein, 0.9, 0.75),
        line(shape.path, coat.rim, 1, 0.7),
      ].join('');
    })
    .concat(dots([[13, 0]], coat.rim, 3, 0.6), shine(-8, light.y * 8, 14, 4, 0.4))
    .join('');
}

const LOOKS: readonly (readonly [string, CricketColours])[] = [
  [
    'black',
    {
      coat: { lit: '#70707a', mid: '#26262c', dark: '#121216', rim: '#020203' },
      wing: '#2e2a26',
      vein: '#6e5c44',
      leg: '#201d1d',
    },
  ],
  [
    'brown',
    {
      coat: { lit: '#d0a06a', mid: '#8f5f34', dark: '#56361b', rim: '#221208' },
      wing: '#a67848',
      vein: '#4c2e14',
      leg: '#8a5c34',
    },
  ],
  [
    'yellow',
    {
      coat: { lit: '#f0d8a0', mid: '#cba462', dark: '#8a6630', rim: '#40290c' },
      wing: '#d6b678',
      vein: '#6e4c20',
      leg: '#c09a5c',
    },
  ],
];

export const CRICKET: Species = {
  target: 'cricket',
  kind: 'cricket',
  forms: LOOKS.map(([colour, colours]) =>
    formOf({
      id: `cricket-${colour}`,
      colour,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 12, max: 28 },
      lengthRange: { min: 130, max: 185 },
      thickness: 0.13,
      drawing: cricketDrawing(colours),
    }),
  ),
};
