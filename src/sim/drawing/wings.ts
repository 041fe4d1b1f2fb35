import { closedCurve, openCurve, type XY } from './curves.js';
import { fill, line, linear, type Stop } from './skin.js';

export interface WingStyle {
  /** Gradient of the membrane from the leading to the trailing edge; opacity below 1 lets the ground show through. */
  readonly membrane: readonly Stop[];
  readonly vein: string;
  readonly veinWidth: number;
  readonly veinOpacity: number;
}

/**
 * One wing: a membrane, its veins and a stouter leading edge.
 * @param id unique in the picture.
 * @param rim around the wing, beginning at its root and along the leading edge.
 * @param leading how many places of the rim are the leading edge.
 */
export function drawWing(
  id: string,
  rim: readonly XY[],
  veins: readonly (readonly XY[])[],
  leading: number,
  style: WingStyle,
): string {
  const path = closedCurve(rim);
  return [
    linear(id, [0.1, 0], [0.9, 1], style.membrane),
    fill(path, `url(#${id})`),
    line(veins.map(openCurve).join(''), style.vein, style.veinWidth, style.veinOpacity),
    line(path, style.vein, style.veinWidth * 0.8, style.veinOpacity * 0.8),
    line(openCurve(rim.slice(0, leading)), style.vein, style.veinWidth * 2, style.veinOpacity),
  ].join('');
}

/**
 * A wing that beats faster than the shutter: the fan that it sweeps, faint and denser where it turns back.
 * @param reach length of the wing.
 * @param from angle of the foremost position, in degrees from the head towards the wing's side; `to` the hindmost.
 * @param density 1 for clear wings, 2 for wings with scales.
 */
export function beatingWing(
  id: string,
  root: XY,
  reach: number,
  from: number,
  to: number,
  colour: string,
  gait: number,
  density = 1,
): string {
  const at = (degrees: number, share: number): XY => {
    const angle = (degrees * Math.PI) / 180;
    return [root[0] + Math.cos(angle) * reach * share, root[1] + Math.sin(angle) * reach * share];
  };
  const blade = (degrees: number, spread: number): string =>
    closedCurve([
      root,
      at(degrees - spread * 0.7, 0.5),
      at(degrees - spread, 0.9),
      at(degrees, 1),
      at(degrees + spread, 0.9),
      at(degrees + spread * 0.7, 0.5),
    ]);
  const middle = (from + to) / 2;
  const half = Math.abs(to - from) / 2;
  const now = middle + (to > from ? 1 : -1) * half * 0.75 * Math.sin(2 * Math.PI * gait);
  return [
    linear(
      id,
      [0, 0],
      [1, 1],
      [
        [0, colour, Math.min(0.9, 0.42 * density)],
        [0.5, density > 1 ? colour : '#ffffff', 0.22 * density],
        [1, colour, Math.min(0.9, 0.36 * density)],
      ],
    ),
    `<filter id="${id}-blur"><feGaussianBlur stdDeviation="1.6"/></filter><g filter="url(#${id}-blur)">`,
    fill(blade(middle, half), `url(#${id})`, 0.8),
    fill(blade(now, half * 0.55), `url(#${id})`),
    fill(blade(now, half * 0.2), '#ffffff', 0.12),
    '</g>',
  ].join('');
}

/** Rim of the fan that a beating wing sweeps, for outlines: it is rounded off towards both ends. */
export function beatRim(root: XY, reach: number, from: number, to: number): readonly XY[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share): XY => {
    const angle = ((from + (to - from) * share) * Math.PI) / 180;
    const far = reach * (1 - 0.44 * (share - 0.5) ** 2);
    return [root[0] + Math.cos(angle) * far, root[1] + Math.sin(angle) * far];
  });
}
