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
  const at = (degrees: number, distance: number): XY => {
    const angle = (degrees * Math.PI) / 180;
    return [root[0] + Math.cos(angle) * distance, root[1] + Math.sin(angle) * distance];
  };
  /** Its edge lies so far outside the blade's own. */
  const blade = (degrees: number, spread: number, outside: number): string => {
    const wider = (distance: number, share: number) =>
      Math.max(1, spread * share + (outside / distance) * (180 / Math.PI));
    const [half, most] = [reach * 0.5, reach * 0.9 + outside * 0.9];
    const [inner, outer] = [wider(half, 0.7), wider(most, 1)];
    return closedCurve([
      at(degrees, -outside),
      at(degrees - inner, half),
      at(degrees - outer, most),
      at(degrees, reach + outside),
      at(degrees + outer, most),
      at(degrees + inner, half),
    ]);
  };
  const soft = (degrees: number, spread: number, paint: string, opacity: number): string =>
    SOFT_EDGE.map((outside) => fill(blade(degrees, spread, outside), paint, opacity)).join('');
  const middle = (from + to) / 2;
  const half = Math.abs(to - from) / 2;
  const now = middle + (to > from ? 1 : -1) * half * 0.75 * Math.sin(2 * Math.PI * gait);
  return [
    linear(
      id,
      [0, 0],
      [1, 1],
      [
        [0, colour, layered(Math.min(0.9, 0.42 * density))],
        [0.5, density > 1 ? colour : '#ffffff', layered(0.22 * density)],
        [1, colour, layered(Math.min(0.9, 0.36 * density))],
      ],
    ),
    soft(middle, half, `url(#${id})`, 0.8),
    soft(now, half * 0.55, `url(#${id})`, 1),
    soft(now, half * 0.2, '#ffffff', layered(0.12)),
  ].join('');
}

/** Layers whose edges lie as a Gaussian blur of 1.6 units would spread them: as soft to the eye as a filter, and cheaper to draw. */
const SOFT_EDGE = [1.6, 0, -1.6];

/** Opacity of each layer, so that all of them together have the one given. */
const layered = (opacity: number) => 1 - (1 - opacity) ** (1 / SOFT_EDGE.length);

/** Rim of the fan that a beating wing sweeps, for outlines: it is rounded off towards both ends. */
export function beatRim(root: XY, reach: number, from: number, to: number): readonly XY[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share): XY => {
    const angle = ((from + (to - from) * share) * Math.PI) / 180;
    const far = reach * (1 - 0.44 * (share - 0.5) ** 2);
    return [root[0] + Math.cos(angle) * far, root[1] + Math.sin(angle) * far];
  });
}
