import { ellipse, n, stroke } from '../figure.js';
import type { Point } from '../geometry.js';
import { between, type Random } from '../random.js';
import type { ReliefDrawing } from './foliage.js';

/** The look of one kind of composite flower. */
export interface FlowerKind {
  /** Petals in a ring, least and most. */
  readonly petals: readonly [number, number];
  readonly rings: number;
  /** Width of a petal as a share of its length. */
  readonly slender: number;
  /** From the petal's foot to its tip. */
  readonly petal: readonly [string, string, string];
  readonly streak: string;
  /** Radius of the disc as a share of the flower's. */
  readonly disc: number;
  readonly floret: readonly [string, string, string];
  /** Notches the tip of a petal, as cosmos and cornflowers have them. */
  readonly notched: boolean;
}

export interface FlowerHead {
  readonly centre: Point;
  readonly radius: number;
  /** It looks this far away from the camera: 1 is seen from above, 0.5 from the side. */
  readonly squash: number;
  readonly leanRad: number;
  readonly kind: FlowerKind;
}

/** A flower head with its rings of petals and a disc of florets that stand on a sunflower's spiral (Vogel 1979). */
export function drawFlower(head: FlowerHead, random: Random, number: number): ReliefDrawing {
  const { centre, radius, squash, leanRad, kind } = head;
  const lean = n((leanRad * 180) / Math.PI);
  const place = `transform="translate(${n(centre.x)} ${n(centre.y)}) rotate(${lean}) scale(1 ${n(squash)})"`;
  const petals = Array.from({ length: kind.rings }, (_, ring) => {
    const count = Math.round(between(random, kind.petals[0], kind.petals[1]));
    const start = between(random, 0, 360);
    return Array.from({ length: count }, (_, index) => {
      const length = radius * (1 - ring * 0.17) * between(random, 0.9, 1.04);
      const width = length * kind.slender * between(random, 0.88, 1.12);
      const turn = start + ((index + between(random, -0.16, 0.16)) / count) * 360;
      return { path: petalPath(length, width, kind.notched, random), length, width, turn, ring };
    });
  }).flat();
  // Some petals lie over both neighbours, some under.
  const order = petals.toSorted((a, b) => a.ring - b.ring || Math.sin(a.turn * 7) - Math.sin(b.turn * 7));
  const id = `flower${number}`;
  const discRadius = radius * kind.disc;
  const colour = [
    `<defs><radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="${n(radius)}">${kind.petal
      .map((shade, index) => `<stop offset="${[0.18, 0.5, 1][index]}" stop-color="${shade}"/>`)
      .join('')}</radialGradient></defs>`,
    `<g transform="translate(14 19)"><g ${place} opacity="0.3" fill="#06120a">${order.map(({ path, turn }) => `<path transform="rotate(${n(turn)})" d="${path}"/>`).join('')}</g></g>`,
    `<g ${place}>`,
    ...order.map(({ path, turn, length, width }) =>
      [
        `<g transform="rotate(${n(turn)})">`,
        `<path d="${path}" transform="translate(3 4)" fill="#06120a" opacity="0.24"/>`,
        `<path d="${path}" fill="url(#${id})" stroke="${kind.streak}" stroke-width="0.8" stroke-opacity="0.5"/>`,
        ...[-0.24, -0.1, 0.05, 0.2].map((side) =>
          stroke(
            `M${n(length * 0.2)} ${n(side * width * 0.5)}Q${n(length * 0.6)} ${n(side * width * 1.25)} ${n(length * 0.92)} ${n(side * width * 0.9)}`,
            kind.streak,
            width * 0.022,
            0.42,
          ),
        ),
        '</g>',
      ].join(''),
    ),
    ellipse(2, 4, discRadius * 1.06, discRadius * 1.06, '#201405', 0.45),
    ellipse(0, 0, discRadius, discRadius, kind.floret[2]),
    ...florets(discRadius, kind, random),
    '</g>',
  ].join('');
  const height = [
    `<defs><radialGradient id="${id}h" gradientUnits="userSpaceOnUse" cx="0" cy="0" r="${n(radius)}"><stop offset="0.15" stop-color="#6a6a6a"/><stop offset="0.6" stop-color="#969696"/><stop offset="1" stop-color="#707070"/></radialGradient><radialGradient id="${id}d"><stop offset="0" stop-color="#b8b8b8"/><stop offset="0.75" stop-color="#b0b0b0"/><stop offset="1" stop-color="#707070"/></radialGradient></defs>`,
    `<g ${place}>`,
    ...order.map(
      ({ path, turn, length, width }) =>
        `<g transform="rotate(${n(turn)})"><path d="${path}" fill="url(#${id}h)" stroke="#5a5a5a" stroke-width="${n(width * 0.1)}"/>${[-0.28, 0.28].map((side) => stroke(`M${n(length * 0.24)} ${n(side * width * 0.5)}Q${n(length * 0.6)} ${n(side * width)} ${n(length * 0.9)} ${n(side * width * 0.8)}`, '#5e5e5e', width * 0.08, 0.7)).join('')}</g>`,
    ),
    `<circle r="${n(discRadius)}" fill="url(#${id}d)"/>`,
    '</g>',
  ].join('');
  const cover = [
    `<g ${place} fill="#fff">`,
    ...order.map(({ path, turn }) => `<path transform="rotate(${n(turn)})" d="${path}"/>`),
    '</g>',
  ].join('');
  return { colour, height, cover };
}

function petalPath(length: number, width: number, notched: boolean, random: Random): string {
  const half = width / 2;
  const tip = notched
    ? `L${n(length * 0.95)} ${n(-half * 0.62)}L${n(length * 0.93)} ${n(-half * 0.28)}L${n(length)} 0L${n(length * 0.94)} ${n(half * 0.3)}L${n(length * 0.96)} ${n(half * 0.6)}`
    : `Q${n(length)} ${n(-half * 0.5)} ${n(length)} 0Q${n(length)} ${n(half * 0.5)} ${n(length * 0.94)} ${n(half * 0.62)}`;
  const sway = between(random, -0.08, 0.08) * width;
  return `M0 ${n(-half * 0.22)}C${n(length * 0.35)} ${n(-half * 0.75 + sway)} ${n(length * 0.65)} ${n(-half * 1.12 + sway)} ${n(length * 0.93)} ${n(-half * 0.66)}${tip}C${n(length * 0.65)} ${n(half * 1.12 + sway)} ${n(length * 0.35)} ${n(half * 0.75 + sway)} 0 ${n(half * 0.22)}Z`;
}

function florets(radius: number, { floret }: FlowerKind, random: Random): readonly string[] {
  const count = 190;
  return Array.from({ length: count }, (_, index) => {
    const reach = radius * 0.97 * Math.sqrt((index + 0.5) / count);
    const angle = index * 2.399963;
    const [x, y] = [Math.cos(angle) * reach, Math.sin(angle) * reach];
    const size = radius * 0.062 * (0.75 + 0.5 * (reach / radius)) * between(random, 0.85, 1.15);
    return (
      ellipse(x + size * 0.35, y + size * 0.45, size, size, floret[2], 0.9) +
      ellipse(x, y, size, size, reach / radius < 0.35 ? floret[1] : floret[0]) +
      ellipse(x - size * 0.3, y - size * 0.35, size * 0.35, size * 0.35, '#fff8d8', 0.7)
    );
  });
}
