import { blob, closedCurve, pair, type XY } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { type Coat, dome, dots, line, radial } from '../drawing/skin.js';
import { mixed } from '../drawing/tint.js';
import type { Figure } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';
import { GOLD, PINK, VIOLET, WHITE, YELLOW } from './petal-coats.js';

interface FlowerLook {
  readonly petal: Coat;
  readonly petals: number;
  /** Width of a petal. */
  readonly width: number;
  readonly rows: number;
  readonly disc: Coat;
  readonly discRadius: number;
}

/** A flower head from above: rows of petals, each shaded by the next, and a disc of florets in its spiral. */
function flower(look: FlowerLook): Drawing {
  return (light, _gait, individual): Figure => {
    const rows = Array.from({ length: look.rows }, (_, row) => petalRow(look, row, light, individual)).join('');
    const florets = Array.from({ length: 70 }, (_, index): XY => {
      const away = look.discRadius * 0.95 * Math.sqrt(index / 70);
      return [Math.cos(index * 2.399963) * away, Math.sin(index * 2.399963) * away];
    });
    const disc = blob(ellipseRim(0, 0, look.discRadius, look.discRadius).map(({ x, y }): XY => [x, y]));
    const rim = ellipseRim(0, 0, 50, 50);
    return {
      defs: '',
      body: [
        rows,
        `<circle r="${look.discRadius + 3}" fill="#000" fill-opacity="0.16"/>`,
        dome('disc', disc, look.disc, light),
        dots(
          florets.map(([x, y]): XY => [x - light.x * 0.5, y - light.y * 0.5]),
          look.disc.rim,
          look.discRadius * 0.15,
          0.55,
        ),
        dots(florets, look.disc.lit, look.discRadius * 0.1, 0.9),
      ].join(''),
      silhouette: '<circle r="44"/>',
      outline: rim,
      reach: rim.map(({ x, y }) => ({ x: x * 1.04, y: y * 1.04 })),
    };
  };
}

function petalRow(look: FlowerLook, row: number, light: Point, seed: number): string {
  const reach = 49 - row * (42 / (look.rows + 0.6));
  const gradient = radial(`row${row}`, [0.5, 0.5], 0.55, [
    [0, look.petal.dark],
    [0.5, look.petal.mid],
    [1, look.petal.lit],
  ]);
  const petals = Array.from({ length: look.petals }, (_, index) => {
    const angle = ((index + row * 0.5) / look.petals) * 2 * Math.PI + (lattice(index, row, seed + 1) - 0.5) * 0.14;
    const long = reach * (0.9 + 0.1 * lattice(index, row + 9, seed + 2));
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const at = (along: number, across: number): XY => [cos * along - sin * across, sin * along + cos * across];
    const wide = look.width / 2;
    const path = closedCurve([
      at(4, 0),
      at(long * 0.45, wide * 0.82),
      at(long * 0.8, wide),
      at(long * 0.98, wide * 0.4),
      at(long * 0.98, -wide * 0.4),
      at(long * 0.8, -wide),
      at(long * 0.45, -wide * 0.82),
    ]);
    // How much of the light a petal gets depends on where it points.
    const lit = cos * light.x + sin * light.y;
    const colour = mixed(look.petal.mid, lit > 0 ? look.petal.lit : look.petal.dark, Math.abs(lit) * 0.5);
    return [
      `<path d="${path}" fill="${colour}" stroke="${look.petal.dark}" stroke-width="0.7" stroke-opacity="0.65"/>`,
      line(`M${pair(at(10, 0))}L${pair(at(long * 0.86, 0))}`, look.petal.dark, 0.7, 0.5),
    ].join('');
  }).join('');
  return `${petals}${gradient}<circle r="${Math.round(reach * 0.62)}" fill="url(#row${row})" fill-opacity="0.22"/>`;
}

const FLOWERS: readonly (readonly [id: string, colour: string, FlowerLook])[] = [
  ['daisy', 'white', { petal: WHITE, petals: 21, width: 11, rows: 2, disc: GOLD, discRadius: 14 }],
  ['dandelion', 'yellow', { petal: YELLOW, petals: 24, width: 8.6, rows: 4, disc: GOLD, discRadius: 8 }],
  ['cosmos', 'pink', { petal: PINK, petals: 8, width: 34, rows: 1, disc: GOLD, discRadius: 10 }],
  ['aster', 'violet', { petal: VIOLET, petals: 21, width: 9, rows: 2, disc: GOLD, discRadius: 13 }],
];

export const FLOWER_HEADS: readonly Thing[] = FLOWERS.map(([id, colour, look]) =>
  thingOf({
    id: `flower-${id}`,
    kind: 'flower',
    colour,
    target: 'flower',
    lengthRange: { min: 110, max: 240 },
    thickness: 0.08,
    drawing: flower(look),
  }),
);
