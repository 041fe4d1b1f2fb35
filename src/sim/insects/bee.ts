import { type Hull, hull, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, hairs, inside, line, scattered, shine } from '../drawing/skin.js';
import { beatingWing, beatRim, drawWing } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

interface BeeColours {
  readonly abdomen: Coat;
  readonly band: string;
  /** Places of the bands along the abdomen and how wide they are. */
  readonly bands: readonly (readonly [x: number, width: number, colour?: string])[];
  readonly thorax: Coat;
  readonly fur: string;
  /** 1 a bumblebee, 0.4 a honey bee. */
  readonly furry: number;
  /** Pollen on the hind legs. */
  readonly pollen?: string;
}

const SLIM = hull(xy([8, 0, 6, 10, -4, 16, -20, 17, -36, 12.5, -46, 5.5, -50, 0]));
const STOUT = hull(xy([12, 0, 10, 15, -2, 22.5, -18, 24, -34, 19, -45, 10, -49, 0]));
const THORAX = hull(xy([31, 0, 29.5, 11, 21, 16, 10, 15, 4, 9, 3, 0]));
const WIDE_THORAX = hull(xy([33, 0, 31, 14, 21, 20, 8, 19, 2, 12, 0, 0]));
const HEAD = hull(xy([45, 0, 43.5, 8, 38, 12, 32, 11, 29, 0]));

const LEGS: readonly Limb[] = [
  xy([25, 11, 37, 20, 44, 28, 50, 30]),
  xy([16, 14, 14, 28, 4, 37, 2, 43]),
  xy([7, 13, -8, 27, -26, 34, -36, 40]),
];
const WIDTHS = [5, 4.4, 4, 2];
const FEELER: readonly XY[] = xy([42, 4, 50, 7, 54, 14, 60, 19]);

const FORE: readonly XY[] = xy([21, 11, 6, 25, -24, 43, -50, 49, -60, 42, -50, 28, -20, 16, 6, 9]);
const HIND: readonly XY[] = xy([10, 10, -8, 22, -30, 31, -44, 28, -42, 19, -18, 11]);

function beeDrawing(colours: BeeColours, flying: boolean): Drawing {
  return (light, gait, individual): Figure => {
    const stout = colours.furry > 0.7;
    const [abdomen, thorax] = stout ? [STOUT, WIDE_THORAX] : [SLIM, THORAX];
    const legs = stepping(LEGS, flying ? 0.25 : gait, 5);
    const span = flying ? [...beatRim([20, 10], 74, 62, 124), ...beatRim([10, 10], 52, 96, 142)] : [...FORE, ...HIND];
    const outline = [...abdomen.rim, ...HEAD.rim, ...places(legs), ...bothSides(span)];
    const baskets: readonly XY[] = [
      [-20, 32],
      [-20, -32],
    ];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: '#2c1f16', lower: '#3a281a', foot: '#6a4526', widths: WIDTHS }, light),
        colours.pollen
          ? dots(baskets, colours.pollen, 9) +
            dots(
              baskets.map(([x, y]): XY => [x + light.x * 2, y + light.y * 2]),
              '#fff',
              3,
              0.4,
            )
          : '',
        feelers(FEELER, '#1c1410', 2),
        pelt(abdomen, colours.abdomen.lit, 26 * colours.furry, 4.5, individual + 1),
        dome('abdomen', abdomen, colours.abdomen, light),
        inside('bands', abdomen, bandsOf(abdomen, colours)),
        inside('down', abdomen, combed(abdomen, colours, 56, individual + 9, 8, -48)),
        shine(-18 + light.x * 9, light.y * 10, 18, 5, stout ? 0.25 : 0.6),
        dome('head', HEAD, { lit: '#6a5a4c', mid: '#2b211b', dark: '#16100c', rim: '#040302' }, light),
        eye(38, 10.5, 6, 3.6, '#19110d', light),
        eye(38, -10.5, 6, 3.6, '#19110d', light),
        dots(xy([38, 0, 36, 2.4, 36, -2.4]), '#0a0604', 1.8),
        pelt(thorax, colours.fur, 40, 4 + 3 * colours.furry, individual + 3),
        dome('thorax', thorax, colours.thorax, light),
        combed(thorax, colours, 100, individual + 5, 30, 1),
        flying ? beating(gait) : wings(),
      ].join(''),
      silhouette: [abdomen, thorax, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

function bandsOf(abdomen: Hull, { bands, band }: BeeColours): string {
  return bands
    .map(([x, width, colour]) => {
      const half = abdomen.halfAt(x) * 1.02;
      return line(`M${x - 2} ${-half}Q${x + 4} 0 ${x - 2} ${half}`, colour ?? band, width, 0.95);
    })
    .join('');
}

/** Hairs that stand out from the rim. */
function pelt(body: Hull, colour: string, count: number, reach: number, seed: number): string {
  const rim = body.rim;
  const strands = scattered(body, Math.round(count) * 3, seed, 40, -50).map(([x], index): readonly [XY, XY] => {
    const side = index % 2 === 0 ? 1 : -1;
    const y = side * body.halfAt(x);
    const lean = x > (rim[0]?.x ?? 0) - 8 ? 2 : -2.4;
    return [
      [x, y * 0.9],
      [x + lean, y + side * reach],
    ];
  });
  return hairs(strands, colour, 0.8, 0.85);
}

/** Hair that lies on the body, in light and dark strands. */
function combed(
  body: Hull,
  { fur, thorax, furry }: BeeColours,
  count: number,
  seed: number,
  from: number,
  to: number,
): string {
  const strand = ([x, y]: XY): readonly [XY, XY] => [
    [x, y],
    [x - 3.4, y * 1.1],
  ];
  const share = 0.35 + 0.65 * furry;
  return (
    hairs(scattered(body, Math.round(count * share), seed, from, to).map(strand), thorax.rim, 0.6, 0.35) +
    hairs(scattered(body, Math.round(count * share), seed + 1, from, to).map(strand), fur, 0.6, 0.6)
  );
}

function wings(): string {
  const veins: readonly (readonly XY[])[] = [
    xy([18, 12, -14, 28, -34, 42]),
    xy([-14, 28, -24, 24, -46, 33]),
    xy([-4, 22, -16, 19, -24, 24]),
    xy([-24, 35, -34, 30, -42, 40]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (places: readonly XY[]) => places.map(([x, y]): XY => [x, y * side]);
      const style = {
        membrane: [
          [0, '#e6d8b8', 0.5],
          [0.45, '#dfe8f0', 0.34],
          [0.75, '#f0e2ec', 0.36],
          [1, '#d8dcc8', 0.3],
        ],
        vein: '#5a3f22',
        veinWidth: 0.9,
        veinOpacity: 0.8,
      } as const;
      return (
        drawWing(
          `hind${side}`,
          over(HIND),
          [
            over([
              [6, 12],
              [-24, 25],
            ]),
          ],
          4,
          style,
        ) + drawWing(`fore${side}`, over(FORE), veins.map(over), 5, style)
      );
    })
    .join('');
}

function beating(gait: number): string {
  return [1, -1]
    .map(
      (side) =>
        beatingWing(`hind${side}`, [10, side * 10], 52, side * 96, side * 142, '#d9dccb', gait + 0.06) +
        beatingWing(`fore${side}`, [20, side * 10], 74, side * 62, side * 124, '#e2e4d8', gait),
    )
    .join('');
}

const HONEY: BeeColours = {
  abdomen: { lit: '#f8c872', mid: '#d08a2c', dark: '#8a5214', rim: '#3a1e06' },
  band: '#1f140c',
  bands: xy([-8, 5, -19, 6, -29, 7, -38, 7, -46, 7]),
  thorax: { lit: '#b98a52', mid: '#6a4726', dark: '#3c2612', rim: '#160c04' },
  fur: '#d9ab66',
  furry: 0.45,
  pollen: '#f2b020',
};

const BUMBLE: BeeColours = {
  abdomen: { lit: '#66605a', mid: '#211d1b', dark: '#100e0d', rim: '#020202' },
  band: '#e9b62a',
  bands: [
    [-4, 10],
    [-44, 9, '#f4efe2'],
  ],
  thorax: { lit: '#6a6058', mid: '#25201d', dark: '#120f0d', rim: '#020202' },
  fur: '#8a6a2a',
  furry: 1,
};

const BLACK: BeeColours = {
  abdomen: { lit: '#6d7384', mid: '#22242e', dark: '#0f1016', rim: '#010102' },
  band: '#3c3f4c',
  bands: xy([-8, 1.6, -19, 1.6, -29, 1.6, -38, 1.6]),
  thorax: { lit: '#5e5c62', mid: '#232226', dark: '#111013', rim: '#010101' },
  fur: '#57534f',
  furry: 0.85,
};

const YELLOW: BeeColours = {
  ...HONEY,
  abdomen: { lit: '#ffe48a', mid: '#edb836', dark: '#a8741a', rim: '#4a2e08' },
  bands: xy([-12, 2.6, -22, 3, -32, 3.4, -42, 5]),
  fur: '#f0d088',
};

const KINDS: readonly (readonly [id: string, colour: string, marking: string | undefined, BeeColours])[] = [
  ['brown', 'brown', 'striped', HONEY],
  ['yellow', 'yellow', 'striped', YELLOW],
  ['black', 'black', undefined, BLACK],
  ['black-bumble', 'black', 'furry', BUMBLE],
];

export const BEE: Species = {
  target: 'bee',
  kind: 'bee',
  forms: KINDS.flatMap(([id, colour, marking, colours]) =>
    ([false, true] as const).map(
      (flying): Form =>
        formOf({
          id: flying ? `bee-${id}-flying` : `bee-${id}`,
          colour,
          marking,
          stage: 'adult',
          posture: flying ? 'flying' : 'walking',
          lengthMm: { min: 9, max: 20 },
          lengthRange: { min: 100, max: 148 },
          thickness: flying ? 0.35 : 0.16,
          drawing: beeDrawing(colours, flying),
        }),
    ),
  ),
};
