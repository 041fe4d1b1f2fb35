import { ellipse, type Figure, n, smoothLine, stroke } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';

export interface CaterpillarColours {
  readonly back: string;
  readonly lit: string;
  readonly side: string;
  readonly dark: string;
  /** The line along each flank. */
  readonly stripe: string;
  readonly head: string;
}

/** Grey-brown with pale lines, as armyworms and cutworms are. */
export const BROWN_CATERPILLAR: CaterpillarColours = {
  back: '#9c7b58',
  lit: '#d9bf98',
  side: '#5d4330',
  dark: '#2a1b12',
  stripe: '#ead9b4',
  head: '#5a2e17',
};

export const GREY_CATERPILLAR: CaterpillarColours = {
  ...BROWN_CATERPILLAR,
  back: '#8a8478',
  lit: '#c9c4b4',
  side: '#4a463e',
  dark: '#22201c',
};

const SEGMENTS = 13;

/**
 * A caterpillar that lies along the way it came: head first, thirteen segments, the wave of its walk running through.
 * @param spine places from head to tail, relative to the middle, in field units.
 * @param waist width of the body in field units.
 * @param gait waves that have run through the body.
 */
export function drawCaterpillar(
  spine: readonly Point[],
  waist: number,
  gait: number,
  colours: CaterpillarColours,
): Figure {
  const light = { x: -0.6, y: -0.8 };
  const along = (share: number): { readonly at: Point; readonly side: Point } => {
    const place = Math.min(0.9999, Math.max(0, share)) * (spine.length - 1);
    const index = Math.floor(place);
    const [from, to] = [spine[index] as Point, spine[index + 1] as Point];
    const run = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const local = place - index;
    return {
      at: { x: from.x + (to.x - from.x) * local, y: from.y + (to.y - from.y) * local },
      side: { x: -(to.y - from.y) / run, y: (to.x - from.x) / run },
    };
  };
  const halfWidth = (share: number) => {
    const taper = Math.min(1, 0.62 + share * 4) * Math.min(1, 0.42 + (1 - share) * 3.2);
    const swell = 1 + 0.05 * Math.sin(2 * Math.PI * (share * SEGMENTS - 0.25));
    const wave = 1 + 0.06 * Math.sin(2 * Math.PI * (share * 1.6 + gait));
    return (waist / 2) * taper * swell * wave;
  };
  const offset = (share: number, sideways: number): Point => {
    const { at, side } = along(share);
    const half = halfWidth(share);
    return { x: at.x + side.x * half * sideways, y: at.y + side.y * half * sideways };
  };
  const shares = Array.from({ length: 66 }, (_, index) => index / 65);
  const lineAt = (sideways: number, inset = 0) =>
    smoothLine(shares.filter((share) => share >= inset && share <= 1 - inset).map((share) => offset(share, sideways)));
  const rim = [...shares.map((share) => offset(share, 1)), ...shares.toReversed().map((share) => offset(share, -1))];
  const hull = `${smoothLine(rim)}Z`;
  // Which flank faces the light can change along a bent body, so every slice finds its own.
  const litSide = (share: number) => {
    const { side } = along(share);
    return Math.max(-1, Math.min(1, (side.x * light.x + side.y * light.y) * 1.3));
  };
  const ridge = (depth: number) =>
    smoothLine(shares.filter((s) => s > 0.03 && s < 0.97).map((s) => offset(s, litSide(s) * depth)));
  const rings = Array.from({ length: SEGMENTS - 1 }, (_, index) => {
    const share = (index + 1) / SEGMENTS;
    const bow = (sideways: number, lean: number) => offset(share + (1 - sideways ** 2) * 0.012 + lean, sideways);
    const arc = (lean: number) => smoothLine([-0.97, -0.6, 0, 0.6, 0.97].map((sideways) => bow(sideways, lean)));
    return stroke(arc(0), colours.dark, waist * 0.05, 0.55) + stroke(arc(0.014), colours.lit, waist * 0.035, 0.3);
  });
  const spots = Array.from({ length: SEGMENTS }, (_, index) => {
    const share = (index + 0.55) / SEGMENTS;
    const marks = [-0.62, 0.62].map((sideways) => {
      const { x, y } = offset(share, sideways);
      return ellipse(x, y, waist * 0.035, waist * 0.035, colours.dark, 0.9);
    });
    const shine = offset(share, litSide(share) * 0.42);
    return marks.join('') + ellipse(shine.x, shine.y, waist * 0.13, waist * 0.1, 'url(#gloss)', 0.75);
  });
  const bristles = Array.from({ length: SEGMENTS * 2 }, (_, index) => {
    const share = (index + 0.5) / (SEGMENTS * 2);
    return [-1, 1]
      .map((side) =>
        stroke(
          smoothLine([offset(share, side * 0.9), offset(share + 0.012, side * 1.35)]),
          colours.lit,
          waist * 0.018,
          0.5,
        ),
      )
      .join('');
  });
  const feet = [0.1, 0.16, 0.22, 0.46, 0.54, 0.62, 0.7, 0.95].flatMap((share, index) =>
    [-1, 1].map((side) => {
      const step = 0.08 * Math.sin(2 * Math.PI * (gait + share * 1.6));
      const { x, y } = offset(share, side * (0.98 + step));
      const size = waist * (index < 3 ? 0.07 : 0.1);
      return ellipse(x, y, size, size, index < 3 ? colours.head : colours.side);
    }),
  );
  const skull = along(0).at;
  const facing = along(0.05).at;
  const run = Math.hypot(skull.x - facing.x, skull.y - facing.y) || 1;
  const nose = { x: (skull.x - facing.x) / run, y: (skull.y - facing.y) / run };
  const headRadius = waist * 0.31;
  const head = { x: skull.x + nose.x * headRadius * 0.45, y: skull.y + nose.y * headRadius * 0.45 };
  const body = [
    ...bristles,
    ...feet,
    ellipse(head.x, head.y, headRadius, headRadius, 'url(#head)'),
    stroke(
      smoothLine([skull, { x: head.x + nose.x * headRadius * 0.8, y: head.y + nose.y * headRadius * 0.8 }]),
      '#000',
      waist * 0.03,
      0.5,
    ),
    ellipse(
      head.x + light.x * headRadius * 0.4,
      head.y + light.y * headRadius * 0.4,
      headRadius * 0.35,
      headRadius * 0.3,
      'url(#gloss)',
    ),
    `<path d="${hull}" fill="${colours.side}" stroke="${colours.dark}" stroke-width="${n(waist * 0.035)}" stroke-opacity="0.8"/>`,
    `<clipPath id="hull"><path d="${hull}"/></clipPath><g clip-path="url(#hull)">`,
    `<g filter="url(#soft)">${stroke(ridge(-0.75), colours.dark, waist * 0.4, 0.55)}${stroke(ridge(0.12), colours.back, waist * 0.62)}${stroke(ridge(0.3), colours.lit, waist * 0.26, 0.6)}</g>`,
    stroke(lineAt(0), colours.dark, waist * 0.09, 0.35),
    ...[-1, 1].map(
      (side) =>
        stroke(lineAt(side * 0.4), colours.dark, waist * 0.1, 0.22) +
        stroke(lineAt(side * 0.72), colours.stripe, waist * 0.075, 0.65),
    ),
    ...rings,
    ...spots,
    '</g>',
  ].join('');
  const defs = [
    `<filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${n(waist * 0.09)}"/></filter>`,
    `<radialGradient id="head" cx="0.35" cy="0.3" r="0.8"><stop offset="0" stop-color="#e0a070"/><stop offset="0.45" stop-color="${colours.head}"/><stop offset="1" stop-color="#140804"/></radialGradient>`,
    '<radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity="0.75"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>',
  ].join('');
  const outline = [...rim, ...ellipseRim(head.x, head.y, headRadius, headRadius)];
  return {
    defs,
    body,
    silhouette: `<path d="${hull}"/>${ellipse(head.x, head.y, headRadius, headRadius, '#000')}`,
    outline,
    reach: outline.map((point) => ({ x: point.x * 1.06, y: point.y * 1.06 })),
  };
}
