import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, inside, line, linear, rings, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Point } from '../geometry.js';
import type { Species } from '../species.js';

interface HopperColours {
  readonly coat: Coat;
  readonly wing: readonly [near: string, far: string];
  readonly vein: string;
  /** Bars on the thighs and along the back. */
  readonly bar: string;
  readonly shin: string;
}

const HEAD = hull(xy([50, 0, 49, 5, 44, 8.2, 37, 9.4, 33, 9, 32, 0]));
const SHIELD = hull(xy([36, 0, 35, 9.6, 26, 10.4, 15, 11.4, 9, 9, 5, 0]));
const ABDOMEN = hull(xy([12, 0, 10, 9.4, -10, 9.6, -30, 7.6, -43, 4.8, -49, 0]));

const WING: readonly XY[] = xy([14, 1, 12, 8.5, -8, 11, -34, 9.6, -54, 6.6, -62, 2.4, -60, 0.2, -20, 0.2]);
const PAD: readonly XY[] = xy([14, 2, 12, 8.5, 2, 9.6, -8, 7, -10, 3, 0, 1]);

const WALKERS: readonly Limb[] = [xy([28, 9, 38, 20, 47, 26, 53, 28]), xy([14, 10, 14, 25, 6, 34, 4, 40])];
const WIDTHS = [4, 3, 2.2, 1.6];

/** The jumping leg: a thick thigh folded back along the body, a spiny shin that comes forward again. */
const THIGH: readonly XY[] = xy([2, 9.5, -12, 17.5, -30, 24, -47, 27.5, -52, 25.5, -46, 21.5, -28, 13.5, -10, 8]);
const SHIN: Limb = xy([-49, 26, -20, 33, -10, 36]);
const FOOT: Limb = xy([-12, 35, -4, 38, 2, 38]);

function hopperDrawing(colours: HopperColours, grown: boolean): Drawing {
  return (light, gait, individual): Figure => {
    const { coat } = colours;
    const legs = stepping(WALKERS, gait, 5);
    const push = Math.sin(2 * Math.PI * gait) * 1.5;
    const feeler: readonly XY[] = [
      [47, 4],
      [58, 10],
      [70, 14 + push],
      [80, 20 + push],
    ];
    const jumpers = [1, -1].map((side) => ({
      thigh: blob(THIGH.map(([x, y]): XY => [x + push * side, y * side])),
      shin: [SHIN, FOOT].map((limb) => limb.map(([x, y]): XY => [x + push * side, y * side])),
      side,
    }));
    const outline = [
      ...HEAD.rim,
      ...ABDOMEN.rim,
      ...places(legs),
      ...jumpers.flatMap(({ thigh, shin }) => [...thigh.rim, ...places(shin)]),
      ...(grown ? bothSides(WING) : []),
    ];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.mid, lower: colours.shin, foot: coat.rim, widths: WIDTHS }, light),
        feelers(feeler, coat.rim, 2),
        dome('abdomen', ABDOMEN, coat, light),
        rings(ABDOMEN, [2, -6, -14, -22, -30, -37, -43], -1, coat.rim, 1),
        ...jumpers.map((leg) => jumper(leg, colours, light)),
        wings(colours, grown ? WING : PAD, light, grown),
        dome('head', HEAD, coat, light),
        line('M49 0L36 0M44 6L36 6.4M44 -6L36 -6.4', colours.bar, 1, 0.5),
        eye(42, 7.4, 3.8, 3, '#4a2c18', light),
        eye(42, -7.4, 3.8, 3, '#4a2c18', light),
        dome('shield', SHIELD, coat, light),
        dots(scattered(SHIELD, 60, individual + 5, 6, 36), coat.rim, 0.8, 0.45),
        line('M35 0L6 0', coat.lit, 1.3, 0.8),
        line('M34 7.4C24 8 16 8.6 10 7M34 -7.4C24 -8 16 -8.6 10 -7', colours.bar, 1.6, 0.75),
        line('M27 -9C25 -4 25 4 27 9M20 -9C18 -4 18 4 20 9', coat.rim, 0.8, 0.5),
        shine(24 + light.x * 3, light.y * 5.6, 9, 2.6, 0.6),
      ].join(''),
      silhouette:
        [
          HEAD,
          SHIELD,
          ABDOMEN,
          ...(grown ? [blob(WING), blob(mirrored(WING))] : []),
          ...jumpers.map(({ thigh }) => thigh),
        ]
          .map(({ path }) => `<path d="${path}"/>`)
          .join('') +
        limbShadows(legs, WIDTHS) +
        limbShadows(
          jumpers.map(({ shin }) => shin[0] as Limb),
          [3.4, 2.4],
        ),
      outline,
      reach: [...outline, ...bothSides(feeler)],
    };
  };
}

interface Jumper {
  readonly thigh: ReturnType<typeof blob>;
  readonly shin: readonly Limb[];
  readonly side: number;
}

function jumper({ thigh, shin, side }: Jumper, { coat, bar, shin: shinColour }: HopperColours, light: Point): string {
  const [upper, foot] = [shin[0] as Limb, shin[1] as Limb];
  const spines = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95]
    .map((share) => {
      const [from, to] = [upper[0] as XY, upper[1] as XY];
      const [x, y] = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
      return `M${x} ${y}l1.6 ${side * 3.2}`;
    })
    .join('');
  // A herringbone of ridges runs along the thigh.
  const ridges = Array.from({ length: 9 }, (_, index) => {
    const x = -6 - index * 4.6;
    const y = side * (11.6 + index * 1.55);
    return `M${x - 3} ${y - side * 3}L${x} ${y}L${x - 4} ${y + side * 3}`;
  }).join('');
  return [
    fill(tapered(upper, [3.4, 2.6, 2]), shinColour),
    line(spines, coat.rim, 0.8, 0.9),
    fill(tapered(foot, [2.4, 2, 1.6]), coat.dark),
    dome(`thigh${side}`, thigh, coat, light),
    inside(
      `thigh-in${side}`,
      thigh,
      line(ridges, coat.rim, 0.8, 0.45) +
        line(`M-14 ${side * 6}L-18 ${side * 24}M-30 ${side * 10}L-34 ${side * 28}`, bar, 4.4, 0.4) +
        line(
          openCurve([
            [0, side * 10.5],
            [-26, side * 19],
            [-48, side * 25],
          ]),
          coat.lit,
          1,
          0.5,
        ),
    ),
    dots([[-49, side * 25.8]], coat.rim, 4.2, 0.85),
  ].join('');
}

function wings({ coat, wing, vein, bar }: HopperColours, rim: readonly XY[], light: Point, grown: boolean): string {
  const veins: readonly (readonly XY[])[] = [
    xy([12, 7, -14, 8.6, -40, 7, -56, 4.6]),
    xy([12, 5, -16, 6, -44, 4.6, -60, 2.6]),
    xy([12, 3, -20, 3.2, -50, 2]),
  ];
  const cross = Array.from(
    { length: 12 },
    (_, index) => `M${4 - index * 5} 1L${2 - index * 5} 9.6M${4 - index * 5} -1L${2 - index * 5} -9.6`,
  ).join('');
  return [1, -1]
    .map((side) => {
      const over = (points: readonly XY[]) => (side > 0 ? points : mirrored(points));
      const shape = blob(over(rim));
      return [
        linear(
          `wing${side}`,
          [0.5, side > 0 ? 0 : 1],
          [0.5, side > 0 ? 1 : 0],
          [
            [0, wing[0]],
            [1, wing[1]],
          ],
        ),
        fill(shape.path, `url(#wing${side})`),
        fill(shape.path, side * light.y > 0 ? '#fff' : '#000', side * light.y > 0 ? 0.12 : 0.16),
        grown
          ? inside(
              `wing-in${side}`,
              shape,
              line(veins.map((places) => openCurve(over(places))).join(''), vein, 0.8, 0.6) +
                line(cross, vein, 0.5, 0.35) +
                dots(over(xy([-6, 6, -17, 7, -28, 5.4, -38, 6.2, -48, 4])), bar, 3.4, 0.4),
            )
          : '',
        line(shape.path, coat.rim, 0.8, 0.6),
      ].join('');
    })
    .concat(grown ? line('M13 0L-60 0', coat.lit, 1, 0.6) : '')
    .join('');
}

const LOOKS: readonly (readonly [string, HopperColours])[] = [
  [
    'green',
    {
      coat: { lit: '#d4f090', mid: '#88bd3e', dark: '#4c8420', rim: '#20460c' },
      wing: ['#a8cf5c', '#7aa640'],
      vein: '#3e6a1c',
      bar: '#3c6e1e',
      shin: '#a8b84e',
    },
  ],
  [
    'brown',
    {
      coat: { lit: '#d2ab78', mid: '#95693c', dark: '#5c3d20', rim: '#281808' },
      wing: ['#b38a5a', '#85603a'],
      vein: '#4a3018',
      bar: '#35210f',
      shin: '#b8704a',
    },
  ],
  [
    'grey',
    {
      coat: { lit: '#d0cec6', mid: '#918e84', dark: '#5a584f', rim: '#26251f' },
      wing: ['#aaa79c', '#7c7a70'],
      vein: '#45433a',
      bar: '#35332c',
      shin: '#8a8a9c',
    },
  ],
];

export const GRASSHOPPER: Species = {
  target: 'grasshopper',
  kind: 'grasshopper',
  forms: LOOKS.flatMap(([colour, colours]) => [
    formOf({
      id: `grasshopper-${colour}`,
      colour,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 16, max: 50 },
      lengthRange: { min: 165, max: 240 },
      thickness: 0.11,
      drawing: hopperDrawing(colours, true),
    }),
    formOf({
      id: `grasshopper-${colour}-nymph`,
      colour,
      marking: 'young',
      stage: 'nymph',
      posture: 'walking',
      lengthMm: { min: 6, max: 16 },
      lengthRange: { min: 90, max: 140 },
      thickness: 0.11,
      drawing: hopperDrawing(colours, false),
    }),
  ]),
};
