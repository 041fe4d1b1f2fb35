import { hull, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, inside, line, shine } from '../drawing/skin.js';
import { beatingWing, beatRim, drawWing } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

const ABDOMEN = hull(xy([8, 0, 6, 9, -6, 14, -22, 15, -37, 11, -46, 5, -49, 0]));
const THORAX = hull(xy([32, 0, 30, 10, 21, 13.5, 11, 12.5, 5, 8, 4, 0]));
const HEAD = hull(xy([43, 0, 42, 9, 37, 14, 31, 13, 29, 0]));

const LEGS: readonly Limb[] = [
  xy([26, 10, 36, 18, 42, 25, 47, 27]),
  xy([18, 12, 17, 24, 10, 33, 8, 38]),
  xy([9, 11, -6, 23, -20, 31, -28, 35]),
];
const WIDTHS = [3.4, 2.8, 2.2, 1.4];

/** One pair of wings only, held out and back. */
const WING: readonly XY[] = xy([22, 10, 14, 30, -6, 58, -22, 69, -33, 64, -33, 46, -18, 24, 6, 10]);

function hoverflyDrawing(bands: Coat, dark: string, thorax: Coat, flying: boolean): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, flying ? 0.25 : gait, 4);
    const span = flying ? beatRim([18, 10], 74, 66, 122) : WING;
    const outline = [...ABDOMEN.rim, ...HEAD.rim, ...bothSides(span), ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: '#d8a23c', lower: '#9a6a24', foot: '#2c1c0c', widths: WIDTHS }, light),
        dome('abdomen', ABDOMEN, bands, light),
        inside('bands', ABDOMEN, bandsOf(dark)),
        shine(-16 + light.x * 8, light.y * 8, 16, 4.4, 0.65),
        dome('thorax', THORAX, thorax, light),
        line('M30 4L10 5M30 -4L10 -5', thorax.lit, 1.6, 0.45),
        fill('M11 -7.5C5 -8 2 -4 2 0C2 4 5 8 11 7.5C12 4 12 -4 11 -7.5Z', bands.mid, 0.95),
        line('M27 10.5C22 13 14 12.6 8 9.6M27 -10.5C22 -13 14 -12.6 8 -9.6', bands.lit, 1.6, 0.8),
        shine(20 + light.x * 5, light.y * 6, 7, 4.4, 0.7),
        dome('head', HEAD, { lit: '#fff0a8', mid: '#e6c244', dark: '#a8801c', rim: '#4e3606' }, light),
        eye(37, 7.6, 5.4, 6.4, '#6e1f14', light),
        eye(37, -7.6, 5.4, 6.4, '#6e1f14', light),
        dots(
          [
            [44, 2],
            [44, -2],
          ],
          '#2a1a0c',
          3,
        ),
        flying ? blur(gait) : wings(),
      ].join(''),
      silhouette: [ABDOMEN, THORAX, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: outline.map(({ x, y }) => ({ x: x * 1.06, y: y * 1.04 })),
    };
  };
}

/** Pairs of light blots on black, which read as bands. */
function bandsOf(dark: string): string {
  const across = (x: number, width: number) =>
    line(`M${x} ${-ABDOMEN.halfAt(x) - 1}Q${x + 3} 0 ${x} ${ABDOMEN.halfAt(x) + 1}`, dark, width, 0.97);
  return [
    across(6, 5),
    across(-5, 4),
    across(-15, 4.4),
    across(-25, 4.8),
    across(-34, 4.6),
    across(-44, 7),
    line('M6 0L-8 0', dark, 3),
  ].join('');
}

function wings(): string {
  const veins: readonly (readonly XY[])[] = [
    xy([20, 12, 2, 40, -20, 64]),
    xy([17, 12, -4, 38, -28, 60]),
    xy([12, 12, -10, 34, -31, 50]),
    xy([-4, 36, -8, 32, -14, 30]),
    xy([10, 14, -6, 24, -18, 28]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (points: readonly XY[]) => points.map(([x, y]): XY => [x, y * side]);
      return drawWing(`wing${side}`, over(WING), veins.map(over), 5, {
        membrane: [
          [0, '#eadfca', 0.42],
          [0.4, '#d8e6f2', 0.3],
          [0.7, '#f2e2ee', 0.34],
          [1, '#e2e8d8', 0.28],
        ],
        vein: '#4e3a22',
        veinWidth: 0.7,
        veinOpacity: 0.75,
      });
    })
    .join('');
}

function blur(gait: number): string {
  return (
    beatingWing('right', [18, 10], 74, 66, 122, '#e4e6e0', gait) +
    beatingWing('left', [18, -10], 74, -66, -122, '#e4e6e0', gait)
  );
}

const BRONZE: Coat = { lit: '#b8a070', mid: '#4e4428', dark: '#262012', rim: '#080602' };

const KINDS: readonly (readonly [string, Coat, string])[] = [
  ['yellow', { lit: '#fff2a0', mid: '#f2c82e', dark: '#b8860e', rim: '#4a3204' }, '#17120c'],
  ['orange', { lit: '#ffd28c', mid: '#ee9a30', dark: '#ae5f12', rim: '#4a2404' }, '#1a120c'],
];

export const HOVERFLY: Species = {
  target: 'hoverfly',
  kind: 'hoverfly',
  forms: KINDS.flatMap(([colour, bands, dark]) =>
    ([false, true] as const).map(
      (flying): Form =>
        formOf({
          id: flying ? `hoverfly-${colour}-flying` : `hoverfly-${colour}`,
          colour,
          marking: 'striped',
          stage: 'adult',
          posture: flying ? 'flying' : 'resting',
          lengthMm: { min: 7, max: 14 },
          lengthRange: { min: 88, max: 128 },
          thickness: flying ? 0.4 : 0.14,
          drawing: hoverflyDrawing(bands, dark, BRONZE, flying),
        }),
    ),
  ),
};
