import { blob, type XY } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { fill, line, linear, radial, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';

interface Bead {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A lens on the leaf: dark where the light enters, bright where it leaves, with a small window of sky. */
function bead({ x, y, radius }: Bead, index: number, light: Point, seed: number): string {
  const rim = Array.from({ length: 10 }, (_, corner): XY => {
    const angle = (corner / 10) * 2 * Math.PI;
    const wobble = 1 + 0.1 * (lattice(corner, index, seed + 5) - 0.5);
    return [x + Math.cos(angle) * radius * wobble, y + Math.sin(angle) * radius * wobble * 0.94];
  });
  const { path } = blob(rim);
  const [near, far]: [XY, XY] = [
    [0.5 + light.x * 0.5, 0.5 + light.y * 0.5],
    [0.5 - light.x * 0.5, 0.5 - light.y * 0.5],
  ];
  return [
    linear(`water${index}`, near, far, [
      [0, '#0a2a10', 0.3],
      [0.45, '#0a2a10', 0.04],
      [0.75, '#f4ffe0', 0.22],
      [1, '#ffffff', 0.6],
    ]),
    radial(`edge${index}`, [0.5, 0.5], 0.52, [
      [0.78, '#ffffff', 0],
      [0.94, '#ffffff', 0.22],
      [1, '#0a2010', 0.35],
    ]),
    fill(path, `url(#water${index})`),
    fill(path, `url(#edge${index})`),
    line(path, '#08240e', radius * 0.035, 0.4),
    shine(x - light.x * radius * 0.5, y - light.y * radius * 0.5, radius * 0.42, radius * 0.3, 0.55),
    shine(x + light.x * radius * 0.48, y + light.y * radius * 0.48, radius * 0.24, radius * 0.16, 1, 35),
    `<circle cx="${Math.round((x + light.x * radius * 0.5) * 100) / 100}" cy="${Math.round((y + light.y * radius * 0.5) * 100) / 100}" r="${Math.round(radius * 8) / 100}" fill="#fff"/>`,
  ].join('');
}

function dropDrawing(count: number): Drawing {
  return (light, _gait, individual): Figure => {
    const beads: readonly Bead[] =
      count === 1
        ? [{ x: 0, y: 0, radius: 48 }]
        : Array.from({ length: count }, (_, index) => {
            const angle = index * 2.4 + lattice(index, 1, individual) * 0.9;
            const radius = (index === 0 ? 22 : 7) + 8 * lattice(index, 2, individual);
            const away = index === 0 ? 0 : Math.min(50 - radius, 26 + 5.2 * index);
            return { x: Math.cos(angle) * away, y: Math.sin(angle) * away, radius };
          });
    const outline = beads.flatMap(({ x, y, radius }) => ellipseRim(x, y, radius, radius));
    return {
      defs: '',
      body: beads.map((drop, index) => bead(drop, index, light, individual)).join(''),
      silhouette: beads
        .map(({ x, y, radius }) => `<circle cx="${x}" cy="${y}" r="${radius}" fill-opacity="0.28"/>`)
        .join(''),
      outline,
      reach: outline.map((point) => ({ x: point.x * 1.05, y: point.y * 1.05 })),
    };
  };
}

export const WATER_DROPS: readonly Thing[] = [
  thingOf({
    id: 'water-drop',
    kind: 'water drop',
    colour: 'clear',
    target: null,
    lengthRange: { min: 18, max: 62 },
    thickness: 0.07,
    drawing: dropDrawing(1),
  }),
  thingOf({
    id: 'water-drops',
    kind: 'water drop',
    colour: 'clear',
    target: null,
    lengthRange: { min: 60, max: 130 },
    thickness: 0.025,
    drawing: dropDrawing(7),
  }),
];
