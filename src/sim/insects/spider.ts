import { type Hull, hull, mirrored, type XY, xy } from '../drawing/curves.js';
import { drawLimbs, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, hairs, inside, line, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

interface Build {
  readonly front: Hull;
  readonly abdomen: Hull;
  readonly legs: readonly Limb[];
  readonly widths: readonly number[];
}

interface SpiderColours {
  readonly front: Coat;
  readonly abdomen: Coat;
  readonly leg: string;
  readonly joint: string;
  readonly mark: string;
}

const WIDTHS = [5.4, 4.6, 3.2, 1.8];

/** A hunter: long legs all around, egg-shaped abdomen with a leaf-like mark. */
const WOLF: Build = {
  front: hull(xy([46, 0, 44, 9, 34, 15.5, 18, 17, 6, 11, 2, 0])),
  abdomen: hull(xy([4, 0, 1, 11, -14, 18.5, -32, 17, -45, 9, -50, 0])),
  legs: [
    xy([36, 12, 56, 34, 78, 40, 100, 36]),
    xy([28, 15, 38, 48, 50, 66, 62, 80]),
    xy([18, 15, 6, 46, -6, 62, -8, 76]),
    xy([10, 12, -18, 40, -50, 52, -82, 64]),
  ],
  widths: WIDTHS,
};

/** A jumper: square front with headlamp eyes, short stout legs. */
const JUMPER: Build = {
  front: hull(xy([49, 0, 48, 14, 40, 19, 20, 19.5, 4, 14, 1, 0])),
  abdomen: hull(xy([3, 0, 1, 12, -16, 18, -34, 15, -46, 7, -50, 0])),
  legs: [
    xy([40, 16, 60, 29, 70, 24, 80, 23]),
    xy([32, 18, 44, 40, 54, 48, 62, 52]),
    xy([18, 18, 12, 42, 0, 54, -6, 62]),
    xy([10, 16, -10, 38, -30, 50, -42, 58]),
  ],
  widths: [7.6, 6, 4.4, 2.4],
};

/** A crab: wide abdomen, the two front pairs of legs long and held open. */
const CRAB: Build = {
  front: hull(xy([46, 0, 44, 12, 34, 18, 20, 19, 8, 14, 4, 0])),
  abdomen: hull(xy([10, 0, 7, 15, -8, 28, -28, 31, -43, 20, -49, 0])),
  legs: [
    xy([36, 16, 48, 48, 70, 62, 88, 54]),
    xy([28, 18, 26, 54, 40, 76, 60, 78]),
    xy([18, 18, 2, 40, -8, 50, -14, 56]),
    xy([12, 16, -12, 38, -28, 46, -36, 52]),
  ],
  widths: [7, 5.6, 4, 2.2],
};

type Manner = 'wolf' | 'jumping' | 'crab';
const BUILDS: Readonly<Record<Manner, Build>> = { wolf: WOLF, jumping: JUMPER, crab: CRAB };

function spiderDrawing(manner: Manner, colours: SpiderColours): Drawing {
  const build = BUILDS[manner];
  return (light, gait, individual): Figure => {
    const legs = stepping(build.legs, gait, 5);
    const knees = legs.flatMap((leg): XY[] => [leg[1] as XY, leg[2] as XY]);
    const palps: readonly XY[] = xy([46, 5, 54, 8, 57, 5]);
    const outline = [...build.front.rim, ...build.abdomen.rim, ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, widths: build.widths }, light),
        dots(knees, colours.joint, (build.widths[1] as number) * 1.05, 0.9),
        bristles(legs, colours.joint),
        drawLimbs([palps, mirrored(palps)], { upper: colours.leg, lower: colours.leg, widths: [4.4, 3.6, 2.6] }, light),
        dome('abdomen', build.abdomen, colours.abdomen, light),
        inside('pattern', build.abdomen, manner === 'crab' ? flanks(colours) : folium(build.abdomen, colours)),
        inside('hair', build.abdomen, coatOf(build.abdomen, colours.abdomen, manner === 'crab' ? 20 : 120, individual)),
        shine(-20 + light.x * 10, light.y * 10, 15, 8, manner === 'crab' ? 0.6 : 0.35),
        dome('front', build.front, colours.front, light),
        inside(
          'band',
          build.front,
          line('M44 0L4 0', colours.mark, 5, 0.4) +
            coatOf(build.front, colours.front, manner === 'crab' ? 10 : 60, individual + 2),
        ),
        shine(26 + light.x * 6, light.y * 8, 9, 5, 0.45),
        eyes(manner, light),
      ].join(''),
      silhouette: `<path d="${build.front.path}"/><path d="${build.abdomen.path}"/>${limbShadows(legs, build.widths)}`,
      outline,
      reach: outline.map(({ x, y }) => ({ x: x * 1.02, y: y * 1.02 })),
    };
  };
}

function eyes(manner: Manner, light: { readonly x: number; readonly y: number }): string {
  if (manner === 'jumping')
    return (
      [
        [47, 4.4, 4.2],
        [47, -4.4, 4.2],
        [44, 11, 2.8],
        [44, -11, 2.8],
        [28, 13, 2.2],
        [28, -13, 2.2],
      ] as const
    )
      .map(([x, y, radius]) => eye(x, y, radius, radius, '#0b1512', light))
      .join('');
  return dots(xy([43, 2.4, 43, -2.4, 42, 6.4, 42, -6.4, 37, 3.6, 37, -3.6, 35, 8, 35, -8]), '#0a0706', 2.6);
}

/** A toothed leaf along the middle of the back, with pale rows beside it. */
function folium(abdomen: Hull, { mark, abdomen: coat }: SpiderColours): string {
  const teeth = [-4, -12, -20, -28, -36, -43].flatMap((x): XY[] => [
    [x, abdomen.halfAt(x) * 0.45],
    [x, -abdomen.halfAt(x) * 0.45],
  ]);
  return [
    line('M2 0L-46 0', coat.rim, 11, 0.45),
    line('M2 0L-26 0', mark, 4.4, 0.7),
    line(
      [-10, -18, -26, -34, -41]
        .map((x) => `M${x - 3} ${-abdomen.halfAt(x) * 0.7}L${x + 2} 0L${x - 3} ${abdomen.halfAt(x) * 0.7}`)
        .join(''),
      coat.rim,
      1.8,
      0.6,
    ),
    dots(teeth, mark, 3.2, 0.75),
  ].join('');
}

function flanks({ mark }: SpiderColours): string {
  return [1, -1]
    .map((side) => line(`M2 ${side * 14}C-12 ${side * 24} -26 ${side * 27} -38 ${side * 20}`, mark, 3.6, 0.75))
    .concat(dots(xy([-8, 7, -8, -7, -22, 8, -22, -8, -2, 0]), '#000', 2.4, 0.3))
    .join('');
}

function coatOf(body: Hull, coat: Coat, count: number, seed: number): string {
  const strand = ([x, y]: XY): readonly [XY, XY] => [
    [x, y],
    [x - 4, y * 1.1],
  ];
  return (
    hairs(scattered(body, count, seed + 1, 46, -49).map(strand), coat.rim, 0.8, 0.4) +
    hairs(scattered(body, count, seed + 2, 46, -49).map(strand), coat.lit, 0.8, 0.5)
  );
}

function bristles(legs: readonly Limb[], colour: string): string {
  return hairs(
    legs.flatMap((leg) =>
      [0.25, 0.5, 0.75].flatMap((share): (readonly [XY, XY])[] => {
        const [from, to] = [leg[1] as XY, leg[2] as XY];
        const [x, y] = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
        return [
          [
            [x - 2.4, y - 2],
            [x + 2.4, y + 2],
          ],
        ];
      }),
    ),
    colour,
    0.7,
    0.8,
  );
}

const BROWN: Coat = { lit: '#c2a07a', mid: '#7a5636', dark: '#49301b', rim: '#1c1008' };
const BLACK: Coat = { lit: '#73737a', mid: '#2a2a2e', dark: '#141416', rim: '#020202' };
const GREY: Coat = { lit: '#cfcdc8', mid: '#8a8882', dark: '#54524c', rim: '#201f1c' };
const WHITE: Coat = { lit: '#ffffff', mid: '#f2f0e6', dark: '#c2beae', rim: '#77735f' };
const YELLOW: Coat = { lit: '#fffbb8', mid: '#f2dc48', dark: '#b89c1c', rim: '#655408' };
const GREEN: Coat = { lit: '#dcf5a4', mid: '#96c654', dark: '#5c8c2c', rim: '#274a10' };

const KINDS: readonly (readonly [id: string, colour: string, marking: string | undefined, Manner, SpiderColours])[] = [
  [
    'brown',
    'brown',
    undefined,
    'wolf',
    { front: BROWN, abdomen: BROWN, leg: '#84603e', joint: '#3a2414', mark: '#e2caa0' },
  ],
  [
    'grey',
    'grey',
    undefined,
    'wolf',
    { front: GREY, abdomen: GREY, leg: '#8a8780', joint: '#34322e', mark: '#f4f0e6' },
  ],
  [
    'black-jumping',
    'black',
    'jumping',
    'jumping',
    { front: BLACK, abdomen: BLACK, leg: '#2c2a2a', joint: '#8a8680', mark: '#f2efe8' },
  ],
  [
    'white-crab',
    'white',
    'crab',
    'crab',
    { front: WHITE, abdomen: WHITE, leg: '#eceadc', joint: '#c8c8a0', mark: '#e08a9a' },
  ],
  [
    'yellow-crab',
    'yellow',
    'crab',
    'crab',
    { front: YELLOW, abdomen: YELLOW, leg: '#ecdc70', joint: '#b8a838', mark: '#d0482c' },
  ],
  [
    'green-crab',
    'green',
    'crab',
    'crab',
    { front: GREEN, abdomen: { ...WHITE, mid: '#dfeeb4' }, leg: '#a4cc68', joint: '#6a9a3a', mark: '#8ab84a' },
  ],
];

export const SPIDER: Species = {
  target: 'spider',
  kind: 'spider',
  forms: KINDS.map(([id, colour, marking, manner, colours]) =>
    formOf({
      id: `spider-${id}`,
      colour,
      marking,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 4, max: 12 },
      lengthRange: { min: 70, max: 110 },
      thickness: 0.16,
      drawing: spiderDrawing(manner, colours),
    }),
  ),
};
