import { blob, type XY } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { type Coat, dome, dots, inside } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';

/** Broken lumps of different sizes, pitted and grainy. */
function lumps(coats: readonly Coat[], count: number, biggest: number, roughness: number): Drawing {
  return (light, _gait, individual): Figure => {
    const pieces = Array.from({ length: count }, (_, index) => {
      const radius = biggest * (index === 0 ? 1 : 0.25 + 0.6 * lattice(index, 1, individual + 1));
      const angle = index * 2.4 + 0.8 * lattice(index, 2, individual + 1);
      const away = index === 0 ? 0 : Math.min(50 - radius, biggest * 0.8 + 4.4 * index);
      const [x, y] = [Math.cos(angle) * away, Math.sin(angle) * away * 0.8];
      const shape = blob(
        Array.from({ length: 9 }, (_, corner): XY => {
          const turn = (corner / 9) * 2 * Math.PI;
          const far = radius * (1 + roughness * (lattice(corner, index, individual + 3) - 0.5));
          return [x + Math.cos(turn) * far, y + Math.sin(turn) * far * 0.86];
        }),
      );
      const grains = Array.from(
        { length: Math.round(radius * 1.6) },
        (_, grain): XY => [
          x + radius * 2 * (lattice(grain, index, individual + 5) - 0.5),
          y + radius * 1.7 * (lattice(grain, index, individual + 6) - 0.5),
        ],
      );
      return { shape, grains, coat: coats[index % coats.length] as Coat, radius };
    });
    const outline = pieces.flatMap(({ shape }) => shape.rim);
    return {
      defs: '',
      body: pieces
        .map(
          ({ shape, grains, coat, radius }, index) =>
            dome(`lump${index}`, shape, coat, light) +
            inside(
              `in${index}`,
              shape,
              dots(grains, coat.rim, Math.max(1.2, radius * 0.12), 0.4) +
                dots(
                  grains.map(([x, y]): XY => [x + light.x, y + light.y]),
                  coat.lit,
                  Math.max(0.8, radius * 0.07),
                  0.5,
                ),
            ),
        )
        .join(''),
      silhouette: pieces.map(({ shape }) => `<path d="${shape.path}"/>`).join(''),
      outline,
      reach: outline,
    };
  };
}

const SOIL: readonly Coat[] = [
  { lit: '#a88662', mid: '#6a4c32', dark: '#40291a', rim: '#1a0e06' },
  { lit: '#937152', mid: '#573c27', dark: '#332014', rim: '#140a04' },
];
const CLAY: readonly Coat[] = [{ lit: '#c4a284', mid: '#8e6c50', dark: '#5a4230', rim: '#281a10' }];
const DUNG: readonly Coat[] = [
  { lit: '#6e7048', mid: '#383a20', dark: '#1c1e0e', rim: '#080902' },
  { lit: '#5c5a3c', mid: '#2c2a18', dark: '#16150b', rim: '#060501' },
];

export const CRUMBS: readonly Thing[] = [
  thingOf({
    id: 'soil-crumbs',
    kind: 'soil crumbs',
    colour: 'brown',
    target: null,
    lengthRange: { min: 40, max: 110 },
    thickness: 0.06,
    drawing: lumps(SOIL, 8, 20, 0.6),
  }),
  thingOf({
    id: 'soil-crumbs-clay',
    kind: 'soil crumbs',
    colour: 'light brown',
    target: null,
    lengthRange: { min: 30, max: 90 },
    thickness: 0.06,
    drawing: lumps(CLAY, 6, 24, 0.55),
  }),
  thingOf({
    id: 'frass',
    kind: 'frass',
    colour: 'dark green',
    target: null,
    lengthRange: { min: 26, max: 64 },
    thickness: 0.07,
    drawing: lumps(DUNG, 11, 11, 0.28),
  }),
];
