import { n } from '../figure.js';
import type { Point } from '../geometry.js';
import { lattice } from '../noise.js';
import { type Hull, openCurve, pair, type Shape, type XY } from './curves.js';

/** The colours of a rounded surface, from the lit side to its edge. */
export interface Coat {
  readonly lit: string;
  readonly mid: string;
  readonly dark: string;
  readonly rim: string;
}

/** Place 0 to 1, colour, opacity. */
export type Stop = readonly [place: number, colour: string, opacity?: number];

/** In shares of the box around whatever it fills. */
export function linear(id: string, from: XY, to: XY, stops: readonly Stop[]): string {
  return `<linearGradient id="${id}" x1="${n(from[0])}" y1="${n(from[1])}" x2="${n(to[0])}" y2="${n(to[1])}">${tags(stops)}</linearGradient>`;
}

/** In shares of the box around whatever it fills. */
export function radial(id: string, centre: XY, radius: number, stops: readonly Stop[]): string {
  return `<radialGradient id="${id}" cx="${n(centre[0])}" cy="${n(centre[1])}" r="${n(radius)}">${tags(stops)}</radialGradient>`;
}

export function fill(path: string, paint: string, opacity = 1): string {
  return `<path d="${path}" fill="${paint}"${opacity === 1 ? '' : ` fill-opacity="${n(opacity)}"`}/>`;
}

export function line(path: string, colour: string, width: number, opacity = 1): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${n(width)}"${opacity === 1 ? '' : ` stroke-opacity="${n(opacity)}"`} stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** Filled, and a line along its edge: as one element it is read and measured once. */
export function edged(path: string, paint: string, colour: string, width: number, opacity: number): string {
  return `<path d="${path}" fill="${paint}" stroke="${colour}" stroke-width="${n(width)}" stroke-opacity="${n(opacity)}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/**
 * A rounded body: brightest where it faces the light, with a shaded far side and a little light thrown back at its edge.
 * @param id unique in the picture: gradients are named after it.
 */
export function dome(id: string, { path }: Pick<Shape, 'path'>, coat: Coat, light: Point): string {
  const spot: XY = [0.5 + light.x * 0.2, 0.5 + light.y * 0.24];
  const [near, far]: [XY, XY] = [
    [0.5 + light.x * 0.5, 0.5 + light.y * 0.5],
    [0.5 - light.x * 0.5, 0.5 - light.y * 0.5],
  ];
  return [
    radial(`${id}-base`, spot, 0.72, [
      [0, coat.lit],
      [0.4, coat.mid],
      [0.86, coat.dark],
      [1, coat.mid],
    ]),
    linear(`${id}-shade`, near, far, [
      [0.45, coat.rim, 0],
      [0.88, coat.rim, 0.62],
      [1, coat.rim, 0.4],
    ]),
    fill(path, `url(#${id}-base)`),
    edged(path, `url(#${id}-shade)`, coat.rim, 1.1, 0.7),
  ].join('');
}

/** A soft light on a wet or waxed surface; every posed figure has the gradient that it needs. */
export function shine(x: number, y: number, rx: number, ry: number, strength: number, degrees = 0): string {
  const turn = degrees === 0 ? '' : ` transform="rotate(${n(degrees)} ${n(x)} ${n(y)})"`;
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="url(#gloss)" fill-opacity="${n(strength)}"${turn}/>`;
}

/** What `shine` is filled with. */
export const GLOSS =
  '<radialGradient id="gloss"><stop offset="0" stop-color="#fff"/><stop offset="0.35" stop-color="#fff" stop-opacity="0.62"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>';

/** Draws only inside the shape. */
export function inside(id: string, { path }: Pick<Shape, 'path'>, svg: string): string {
  return `<clipPath id="${id}"><path d="${path}"/></clipPath><g clip-path="url(#${id})">${svg}</g>`;
}

/** Seams across a body, each with a line of light behind it. @param bow how far the middle lies towards the head. */
export function rings(body: Hull, xs: readonly number[], bow: number, colour: string, width: number): string {
  const across = (lean: number) =>
    xs
      .map((x) => {
        const half = body.halfAt(x) * 0.99;
        return openCurve([
          [x + lean, -half],
          [x + lean + bow * 0.8, -half * 0.5],
          [x + lean + bow, 0],
          [x + lean + bow * 0.8, half * 0.5],
          [x + lean, half],
        ]);
      })
      .join('');
  return line(across(0), colour, width, 0.55) + line(across(-width * 1.1), '#fff', width * 0.7, 0.16);
}

/** Many round dots as one path. */
export function dots(places: readonly XY[], colour: string, size: number, opacity = 1): string {
  return line(places.map((place) => `M${pair(place)}h.01`).join(''), colour, size, opacity);
}

/** Many straight strokes as one path: hairs, bristles, spines. */
export function hairs(strands: readonly (readonly [XY, XY])[], colour: string, width: number, opacity = 1): string {
  return line(strands.map(([root, tip]) => `M${pair(root)}L${pair(tip)}`).join(''), colour, width, opacity);
}

/** Places inside a hull and not quite at its rim, so that small dots there need no clipping, which is dear; the same for the same seed. */
export function scattered(body: Hull, count: number, seed: number, from: number, to: number): readonly XY[] {
  return Array.from({ length: count }, (_, index): XY => {
    const x = from + (to - from) * lattice(index, 1, seed);
    return [x, body.halfAt(x) * 0.94 * (2 * lattice(index, 2, seed) - 1)];
  });
}

/** A bulging compound eye with its point of light. */
export function eye(x: number, y: number, rx: number, ry: number, colour: string, light: Point): string {
  const spot = `<circle cx="${n(x + light.x * rx * 0.4)}" cy="${n(y + light.y * ry * 0.4)}" r="${n(Math.min(rx, ry) * 0.26)}" fill="#fff" fill-opacity="0.75"/>`;
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${colour}" stroke="#000" stroke-opacity="0.5" stroke-width="0.6"/>${shine(x + light.x * rx * 0.3, y + light.y * ry * 0.3, rx * 0.7, ry * 0.7, 0.35)}${spot}`;
}

function tags(stops: readonly Stop[]): string {
  return stops
    .map(
      ([place, colour, opacity]) =>
        `<stop offset="${n(place)}" stop-color="${colour}"${opacity === undefined ? '' : ` stop-opacity="${n(opacity)}"`}/>`,
    )
    .join('');
}
