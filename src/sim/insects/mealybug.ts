import { hull, type XY, xy } from '../drawing/curves.js';
import { drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, inside, line, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Species } from '../species.js';

const BODY = hull(xy([47, 0, 44, 13, 32, 23, 12, 29.5, -12, 30, -32, 24, -44, 12, -47, 0]));

const LEGS: readonly Limb[] = [
  xy([30, 18, 37, 27, 44, 30, 47, 31]),
  xy([14, 25, 15, 33, 12, 38, 12, 40]),
  xy([-8, 26, -14, 34, -22, 37, -25, 38]),
];

const WIDTHS = [3.4, 2.8, 2.2, 1.6];

const SEAMS = [36, 28, 20, 12, 4, -4, -12, -20, -28, -35, -41];

/** Seams bow towards the head in front of the middle and towards the tail behind it. */
function seam(x: number): string {
  const half = BODY.halfAt(x) * 0.98;
  const bow = x * 0.12;
  return `M${x - bow} ${-half}Q${x + bow} 0 ${x - bow} ${half}`;
}

function mealybugDrawing(under: Coat, wax: string, tails: number): Drawing {
  return (light, gait, individual): Figure => {
    const legs = stepping(LEGS, gait, 3);
    const threads = filaments(tails, individual);
    const outline = [...BODY.rim, ...places(legs), ...threads.map(({ tip: [x, y] }) => ({ x, y }))];
    const clumps = scattered(BODY, 120, individual + 21, 45, -46);
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: '#b58e78', lower: '#a27c68', widths: WIDTHS }, light),
        feelers(xy([44, 6, 51, 12, 56, 17]), '#a88470', 2),
        threads
          .map(
            ({ root, tip, width }) =>
              `<path d="${tapered([root, tip], [width, width * 0.45])}" fill="#fbfbf7" stroke="#b8b6b0" stroke-width="0.5"/>`,
          )
          .join(''),
        dome('skin', BODY, under, light),
        inside(
          'wax',
          BODY,
          [
            dots(clumps, wax, 7, 0.42),
            line(SEAMS.map(seam).join(''), under.dark, 2, 0.6),
            line(SEAMS.map((x) => seam(x + 3.6)).join(''), wax, 2.4, 0.75),
            dots(grains(clumps, light), '#fff', 1.7, 0.8),
            dots(grains(clumps, { x: -light.x, y: -light.y }), under.dark, 1.4, 0.4),
            line('M44 0L-44 0', under.dark, 1.6, 0.35),
          ].join(''),
        ),
        shine(-4 + light.x * 16, light.y * 15, 22, 13, 0.55),
      ].join(''),
      silhouette: `<path d="${BODY.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, { x: 57, y: 18 }, { x: 57, y: -18 }],
    };
  };
}

function grains(clumps: readonly XY[], towards: Point): readonly XY[] {
  return clumps.filter((_, index) => index % 2 === 0).map(([x, y]): XY => [x + towards.x * 1.6, y + towards.y * 1.6]);
}

/** Wax threads stand around the whole rim; the last two are the longest. */
function filaments(tails: number, seed: number) {
  return [...SEAMS, -45].flatMap((x, index) =>
    [1, -1].map((side) => {
      const last = index >= SEAMS.length - 1;
      const y = side * BODY.halfAt(x) * 0.96;
      const reach = (last ? tails : 6.5) * (0.85 + 0.3 * lattice(index, side, seed + 4));
      const away = Math.atan2(y / 0.62, x);
      const root: XY = [x, y];
      const tip: XY = [x + Math.cos(away) * reach, y + Math.sin(away) * reach];
      return { root, tip, width: last ? 4 : 3.4 };
    }),
  );
}

const WHITE: Coat = { lit: '#ffffff', mid: '#f0efea', dark: '#b9b5ac', rim: '#6e6a62' };
const PINK: Coat = { lit: '#fff0ee', mid: '#efbcb8', dark: '#b87c7c', rim: '#6a3c40' };
const GREY: Coat = { lit: '#f2f4f6', mid: '#c2c7cc', dark: '#888e96', rim: '#484e56' };

const LOOKS: readonly (readonly [string, Coat, string, number, 'adult' | 'nymph'])[] = [
  ['white', WHITE, '#ffffff', 17, 'adult'],
  ['pink', PINK, '#fff6f4', 7, 'adult'],
  ['grey', GREY, '#fafcff', 26, 'adult'],
];

export const MEALYBUG: Species = {
  target: 'mealybug',
  kind: 'mealybug',
  forms: LOOKS.map(([colour, coat, wax, tails, stage]) =>
    formOf({
      id: `mealybug-${colour}`,
      colour,
      marking: 'waxy',
      stage,
      posture: 'walking',
      lengthMm: { min: 1.8, max: 4.5 },
      lengthRange: { min: 44, max: 74 },
      thickness: 0.14,
      drawing: mealybugDrawing(coat, wax, tails),
    }),
  ),
};
