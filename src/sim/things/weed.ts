import { blob, closedCurve, openCurve, type XY } from '../drawing/curves.js';
import { tapered } from '../drawing/limbs.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { type Coat, dome, fill, line, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';

const LEAF: Coat = { lit: '#c6e88a', mid: '#7db048', dark: '#46781f', rim: '#1c3e0a' };
const SEED_LEAF: Coat = { lit: '#d8f0a4', mid: '#98c464', dark: '#5a8c32', rim: '#264a10' };
const RED_STEM: Coat = { ...LEAF, mid: '#8aa050', dark: '#5c5a28' };

interface Blade {
  readonly angle: number;
  readonly reach: number;
  readonly width: number;
  readonly teeth: number;
  readonly coat: Coat;
  /** Where the blade begins, from the middle. */
  readonly stalk: number;
}

/** A leaf seen from above: a stalk, a blade with its margin, a midrib and side veins. */
function leaf(id: string, { angle, reach, width, teeth, coat, stalk }: Blade, light: Point): string {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = (along: number, across: number): XY => [cos * along - sin * across, sin * along + cos * across];
  const long = reach - stalk;
  const side = (sign: number): readonly XY[] =>
    Array.from({ length: 7 }, (_, index): XY => {
      const share = (index + 0.6) / 7.4;
      const shape = Math.sin(Math.PI * share ** 0.85) * (index % 2 === 0 ? 1 : 1 - teeth);
      return at(stalk + long * share, sign * (width / 2) * Math.max(0.12, shape));
    });
  const shape = blob([at(stalk, 0), ...side(1), at(reach, 0), ...side(-1).toReversed()]);
  const veins = [0.2, 0.36, 0.52, 0.68]
    .flatMap((share) =>
      [1, -1].map((sign) =>
        openCurve([
          at(stalk + long * share, 0),
          at(stalk + long * (share + 0.1), (sign * width) / 4.6),
          at(stalk + long * (share + 0.15), sign * width * 0.36),
        ]),
      ),
    )
    .join('');
  return [
    fill(tapered([at(0, 0), at(stalk + 2, 0)], [3.2, 2.2]), coat.dark),
    dome(id, shape, coat, light),
    line(openCurve([at(stalk, 0), at(stalk + long * 0.6, 0.4), at(reach - 1, 0)]), coat.lit, 1.5, 0.8),
    line(veins, coat.lit, 0.7, 0.6),
    line(veins, coat.rim, 0.4, 0.3),
    shine(
      ...at(stalk + long * 0.5, light.y < 0 ? -width * 0.2 : width * 0.2),
      long * 0.2,
      width * 0.16,
      0.35,
      (angle * 180) / Math.PI,
    ),
  ].join('');
}

function rosette(blades: readonly Blade[]): Drawing {
  return (light, _gait, individual): Figure => {
    const grown = blades.map((blade, index) => ({
      ...blade,
      angle: blade.angle + (lattice(index, 1, individual + 2) - 0.5) * 0.5,
      reach: blade.reach * (0.86 + 0.14 * lattice(index, 2, individual + 2)),
    }));
    const tips = grown.map(({ angle, reach }) => ({ x: Math.cos(angle) * reach, y: Math.sin(angle) * reach }));
    const shade = grown.map(({ angle, reach, width, stalk }) => {
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const at = (along: number, across: number): XY => [cos * along - sin * across, sin * along + cos * across];
      return `<path d="${closedCurve([at(stalk, 0), at((stalk + reach) / 2, width / 2), at(reach, 0), at((stalk + reach) / 2, -width / 2)])}"/>`;
    });
    return {
      defs: '',
      body: grown.map((blade, index) => leaf(`leaf${index}`, blade, light)).join(''),
      silhouette: shade.join(''),
      outline: [...tips, ...ellipseRim(0, 0, 22, 22)],
      reach: ellipseRim(0, 0, 53, 53),
    };
  };
}

const blade = (turns: number, reach: number, width: number, teeth: number, coat: Coat, stalk = 10): Blade => ({
  angle: turns * 2 * Math.PI,
  reach,
  width,
  teeth,
  coat,
  stalk,
});

/** Two seed leaves and the first pair of true ones across them. */
const SEEDLING = rosette([
  blade(0, 38, 17, 0, SEED_LEAF, 12),
  blade(0.5, 38, 17, 0, SEED_LEAF, 12),
  blade(0.24, 50, 27, 0.14, LEAF, 12),
  blade(0.76, 50, 27, 0.14, LEAF, 12),
  blade(0.13, 20, 9, 0.1, SEED_LEAF, 3),
  blade(0.63, 20, 9, 0.1, SEED_LEAF, 3),
]);

const PIGWEED = rosette([
  blade(0.02, 50, 24, 0.05, RED_STEM, 16),
  blade(0.36, 50, 24, 0.05, RED_STEM, 16),
  blade(0.68, 50, 24, 0.05, RED_STEM, 16),
  blade(0.18, 36, 19, 0.05, LEAF, 10),
  blade(0.52, 36, 19, 0.05, LEAF, 10),
  blade(0.86, 36, 19, 0.05, LEAF, 10),
  blade(0.3, 18, 9, 0, SEED_LEAF, 3),
  blade(0.75, 18, 9, 0, SEED_LEAF, 3),
]);

/** Deeply toothed leaves in a flat rosette. */
const DANDELION = rosette([
  ...[0, 0.13, 0.26, 0.38, 0.51, 0.64, 0.76, 0.89].map((turns) => blade(turns, 50, 19, 0.62, LEAF, 6)),
  ...[0.06, 0.31, 0.57, 0.82].map((turns) => blade(turns, 32, 13, 0.55, SEED_LEAF, 4)),
]);

/** A tuft of narrow blades, each folded along its middle and bent under its own weight. */
const grass: Drawing = (_light, _gait, individual): Figure => {
  const blades = Array.from({ length: 17 }, (_, index) => {
    const angle = ((index + 0.8 * lattice(index, 1, individual)) / 17) * 2 * Math.PI;
    const reach = 30 + 20 * lattice(index, 2, individual);
    const bend = (lattice(index, 3, individual) - 0.5) * 26;
    const at = (along: number, across: number): XY => [
      Math.cos(angle) * along - Math.sin(angle) * across,
      Math.sin(angle) * along + Math.cos(angle) * across,
    ];
    return {
      places: [
        at(2, 0),
        at(reach * 0.45, bend * 0.15),
        at(reach * 0.8, bend * 0.5),
        at(reach, bend * 0.85),
      ] as readonly XY[],
      tone: index % 3,
    };
  });
  const tones = [
    ['#5c8f2c', '#a8d468'],
    ['#74ac3c', '#c4e884'],
    ['#487a22', '#8cba50'],
  ] as const;
  const widths = [5, 4.4, 2.8, 0.6];
  return {
    defs: '',
    body: blades
      .map(({ places, tone }) => {
        const [dark, lit] = tones[tone] as (typeof tones)[number];
        return fill(tapered(places, widths), dark) + line(openCurve(places), lit, 0.9, 0.75);
      })
      .join(''),
    silhouette: blades.map(({ places }) => `<path d="${tapered(places, widths)}"/>`).join(''),
    outline: blades.flatMap(({ places }) => places.map(([x, y]) => ({ x, y }))),
    reach: ellipseRim(0, 0, 54, 54),
  };
};

const WEED_SIZE = { colour: 'green', lengthRange: { min: 120, max: 260 }, thickness: 0.06 } as const;

export const WEEDS: readonly Thing[] = [
  thingOf({ id: 'weed-seedling', kind: 'weed', target: 'broad-leaved-weed', ...WEED_SIZE, drawing: SEEDLING }),
  thingOf({ id: 'weed-pigweed', kind: 'weed', target: 'broad-leaved-weed', ...WEED_SIZE, drawing: PIGWEED }),
  thingOf({ id: 'weed-dandelion', kind: 'weed', target: 'broad-leaved-weed', ...WEED_SIZE, drawing: DANDELION }),
  thingOf({ id: 'weed-grass', kind: 'weed', target: 'grass-weed', ...WEED_SIZE, drawing: grass }),
];
