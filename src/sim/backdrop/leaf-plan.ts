import { n, smoothLine, stroke } from '../figure.js';
import { FIELD, type Point, type View } from '../geometry.js';
import { between, mixSeed, type Random, randomFrom } from '../random.js';
import { trailThrough } from '../trail.js';

/** The leaf's lines in field units: its rim and its veins by width. */
export interface LeafPlan {
  readonly rim: string;
  readonly veins: readonly { readonly path: string; readonly width: number }[];
}

/** A broad leaf that comes in from the left and ends in a tip near the right border; the seed bends its veins. */
export function planLeaf(seed: number): LeafPlan {
  const random = randomFrom(mixSeed(seed, 0x1eaf));
  const midrib = trailThrough([
    { x: -160, y: 560 + between(random, -30, 30) },
    { x: 300, y: 452 },
    { x: 760, y: 372 },
    { x: 1226, y: 262 + between(random, -30, 30) },
  ]);
  const normalAt = (distance: number): Point => {
    const heading = midrib.headingAt(distance);
    return { x: -Math.sin(heading), y: Math.cos(heading) };
  };
  const halfWidth = (share: number, side: number) => {
    const taper = (1 - share ** 2.6) ** 0.82;
    return (side < 0 ? 545 : 480) * taper * (0.98 + 0.02 * Math.sin(share * 9));
  };
  const place = (share: number, sideways: number): Point => {
    const distance = share * midrib.length;
    const from = midrib.at(distance);
    const normal = normalAt(distance);
    return { x: from.x + normal.x * sideways, y: from.y + normal.y * sideways };
  };
  const teeth = (share: number) => 1 + 0.007 * Math.sin(share * 95) + 0.005 * Math.sin(share * 41 + 1);
  const edge = (side: number) =>
    Array.from({ length: 161 }, (_, index) => {
      const share = index / 160;
      return place(share, side * halfWidth(share, side) * teeth(share));
    });
  const rim = `${smoothLine([...edge(-1), ...edge(1).toReversed()])}Z`;
  const veins = [
    { path: smoothLine(Array.from({ length: 60 }, (_, index) => place(index / 60, 0))), width: 13 },
    ...[-1, 1].flatMap((side) => sideVeins(side, place, (share) => halfWidth(share, side), random)),
  ];
  return { rim, veins };
}

function sideVeins(
  side: number,
  place: (share: number, sideways: number) => Point,
  halfWidth: (share: number) => number,
  random: Random,
) {
  const starts = [-0.06, 0.07, 0.19, 0.31, 0.43, 0.55, 0.66, 0.76, 0.85, 0.92];
  return starts.flatMap((base) => {
    const start = Math.max(0, base + (side > 0 ? 0.045 : 0) + between(random, -0.012, 0.012));
    const lean = 0.21 * (1 - start * 0.55);
    const point = (along: number): Point => {
      const share = start + lean * along ** 1.35;
      return place(share, side * halfWidth(Math.min(0.995, share)) * 0.97 * along);
    };
    const line = Array.from({ length: 14 }, (_, index) => point(index / 13));
    const branches = [0.34, 0.5, 0.64, 0.78, 0.88].map((along, index) => {
      const from = point(along);
      const ahead = point(along + 0.05);
      const angle =
        Math.atan2(ahead.y - from.y, ahead.x - from.x) + (index % 2 === 0 ? 1 : -1) * between(random, 0.5, 0.75);
      const reach = between(random, 60, 105) * (1.15 - along * 0.5);
      const bend = angle + (index % 2 === 0 ? -1 : 1) * 0.35;
      const middle = { x: from.x + Math.cos(angle) * reach * 0.5, y: from.y + Math.sin(angle) * reach * 0.5 };
      return [from, middle, { x: middle.x + Math.cos(bend) * reach * 0.6, y: middle.y + Math.sin(bend) * reach * 0.6 }];
    });
    return [
      { path: smoothLine(line), width: 6 - start * 2 },
      ...branches.map((branch) => ({ path: smoothLine(branch), width: 2.4 })),
    ];
  });
}

const open = (view: View) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${view.frame.width}" height="${view.frame.height}"><g transform="translate(${n(view.offsetX)} ${n(view.offsetY)}) scale(${view.scale})">`;

/** White leaf on black. */
export function maskSvg(plan: LeafPlan, view: View): string {
  return `${open(view)}<rect x="-999" y="-999" width="4000" height="4000"/><path d="${plan.rim}" fill="#fff"/></g></svg>`;
}

/** Bright veins on black, the broader the brighter. */
export function veinSvg(plan: LeafPlan, view: View): string {
  const lines = plan.veins.map(({ path, width }) => stroke(path, '#fff', width, Math.min(1, 0.4 + width / 10)));
  return `${open(view)}<rect x="-999" y="-999" width="4000" height="4000"/>${lines.join('')}</g></svg>`;
}

/** What stands behind the leaf, far out of focus: foliage, gaps of light, a stem. */
export function behindSvg(seed: number, view: View): string {
  const random = randomFrom(mixSeed(seed, 0xb0ce));
  const greens = ['#1d3a1c', '#2c5526', '#47742f', '#16301a', '#5d8a3a', '#38642c'];
  const blobs = Array.from({ length: 46 }, () => {
    const [x, y] = [between(random, 560, FIELD.width + 120), between(random, -120, FIELD.height + 120)];
    const green = greens[Math.floor(random() * greens.length)] as string;
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(between(random, 50, 170))}" ry="${n(between(random, 25, 80))}" transform="rotate(${n(between(random, 0, 180))} ${n(x)} ${n(y)})" fill="${green}" fill-opacity="0.8"/>`;
  });
  const discs = Array.from({ length: 30 }, () => {
    const low = random() < 0.5;
    const [x, y] = [
      between(random, 860, FIELD.width),
      low ? between(random, 470, FIELD.height) : between(random, 0, 190),
    ];
    const radius = between(random, 12, 34);
    return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="#e3efa4" fill-opacity="${n(between(random, 0.08, 0.3))}"/>`;
  });
  return [
    open(view),
    `<defs><filter id="far" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="26"/></filter><filter id="disc" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="2.2"/></filter></defs>`,
    '<rect x="-999" y="-999" width="4000" height="4000" fill="#203f1d"/>',
    `<g filter="url(#far)">${blobs.join('')}<path d="M1010 760C1040 560 1120 300 1300 -40" stroke="#7b9c4a" stroke-width="34" fill="none"/></g>`,
    `<g filter="url(#disc)">${discs.join('')}</g>`,
    '</g></svg>',
  ].join('');
}
