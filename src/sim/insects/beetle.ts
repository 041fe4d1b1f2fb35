import { drawLegs, ellipse, type Figure, lightFor, n, sixLegs, smoothLine, stroke, turned } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';

export interface BeetleColours {
  /** Wing cases, from the lit to the far side. */
  readonly case: readonly [string, string, string];
  readonly shield: readonly [string, string];
  readonly head: string;
  readonly leg: string;
  readonly gloss: number;
}

/** Blue-black wing cases behind a red shield, as cereal leaf beetles have. */
export const METALLIC_BEETLE: BeetleColours = {
  case: ['#5b86c9', '#16274f', '#070b1c'],
  shield: ['#f08a3c', '#8f2a10'],
  head: '#10131c',
  leg: '#b0501c',
  gloss: 0.95,
};

/** The same, darker. */
export const DUSKY_BEETLE: BeetleColours = {
  ...METALLIC_BEETLE,
  case: ['#3a5a8a', '#0c1630', '#04060c'],
  shield: ['#e06a2c', '#7a2008'],
};

/** A leaf beetle seen from above. */
export function drawBeetle(lengthPx: number, headingRad: number, gait: number, colours: BeetleColours): Figure {
  const s = lengthPx;
  const light = lightFor(headingRad);
  const hips: Point[] = [
    { x: 0.24 * s, y: 0.12 * s },
    { x: 0.06 * s, y: 0.18 * s },
    { x: -0.12 * s, y: 0.19 * s },
  ];
  const legs = sixLegs(hips, 0.34 * s, gait);
  const cases = `M${n(0.16 * s)} ${n(-0.21 * s)}C${n(0.02 * s)} ${n(-0.28 * s)} ${n(-0.28 * s)} ${n(-0.28 * s)} ${n(-0.42 * s)} ${n(-0.14 * s)}C${n(-0.5 * s)} ${n(-0.05 * s)} ${n(-0.5 * s)} ${n(0.05 * s)} ${n(-0.42 * s)} ${n(0.14 * s)}C${n(-0.28 * s)} ${n(0.28 * s)} ${n(0.02 * s)} ${n(0.28 * s)} ${n(0.16 * s)} ${n(0.21 * s)}C${n(0.2 * s)} ${n(0.08 * s)} ${n(0.2 * s)} ${n(-0.08 * s)} ${n(0.16 * s)} ${n(-0.21 * s)}Z`;
  const shield = `M${n(0.14 * s)} ${n(-0.18 * s)}C${n(0.2 * s)} ${n(-0.2 * s)} ${n(0.3 * s)} ${n(-0.17 * s)} ${n(0.34 * s)} ${n(-0.11 * s)}C${n(0.36 * s)} ${n(-0.04 * s)} ${n(0.36 * s)} ${n(0.04 * s)} ${n(0.34 * s)} ${n(0.11 * s)}C${n(0.3 * s)} ${n(0.17 * s)} ${n(0.2 * s)} ${n(0.2 * s)} ${n(0.14 * s)} ${n(0.18 * s)}C${n(0.11 * s)} ${n(0.08 * s)} ${n(0.11 * s)} ${n(-0.08 * s)} ${n(0.14 * s)} ${n(-0.18 * s)}Z`;
  const sway = 0.02 * Math.sin(gait * 4);
  const antennae = [-1, 1].map((side): Point[] => [
    { x: 0.42 * s, y: side * 0.06 * s },
    { x: 0.54 * s, y: side * 0.15 * s },
    { x: 0.66 * s, y: side * (0.2 + sway) * s },
    { x: 0.78 * s, y: side * (0.29 + sway) * s },
  ]);
  const beads = antennae.flatMap(([, second, third, fourth]) => {
    const ends: readonly [Point, Point, Point] = [second as Point, third as Point, fourth as Point];
    return [0.15, 0.35, 0.55, 0.75, 0.95].map((share) => {
      const [from, to, local] = share < 0.5 ? [ends[0], ends[1], share * 2] : [ends[1], ends[2], share * 2 - 1];
      return ellipse(
        from.x + (to.x - from.x) * local,
        from.y + (to.y - from.y) * local,
        0.017 * s,
        0.014 * s,
        '#0c0a0a',
      );
    });
  });
  const rows = [-0.2, -0.13, -0.065, 0.065, 0.13, 0.2].map((y) =>
    smoothLine([
      { x: 0.13 * s, y: y * 0.9 * s },
      { x: -0.12 * s, y: y * 1.12 * s },
      { x: -0.34 * s, y: y * 0.8 * s },
      { x: -0.44 * s, y: y * 0.3 * s },
    ]),
  );
  const punctures = rows
    .map(
      (path) =>
        `<path d="${path}" fill="none" stroke="#000" stroke-opacity="0.45" stroke-width="${n(0.011 * s)}" stroke-dasharray="${n(0.012 * s)} ${n(0.018 * s)}"/>`,
    )
    .join('');
  const gloss = (x: number, y: number, rx: number, ry: number, strength: number) =>
    ellipse(x, y, rx, ry, 'url(#gloss)', strength * colours.gloss);
  const body = [
    drawLegs(legs, { upper: colours.leg, lower: '#1a100a', width: 0.042 * s }),
    ...antennae.map((line) => stroke(smoothLine(line), '#15100c', 0.022 * s)),
    ...beads,
    ellipse(0.38 * s, 0, 0.085 * s, 0.1 * s, colours.head),
    ellipse(0.38 * s + light.x * 0.03 * s, light.y * 0.05 * s, 0.04 * s, 0.04 * s, 'url(#gloss)', 0.6),
    ...[-1, 1].map(
      (side) =>
        ellipse(0.4 * s, side * 0.085 * s, 0.027 * s, 0.025 * s, '#050505') +
        ellipse(0.405 * s, side * 0.085 * s, 0.006 * s, 0.006 * s, '#fff', 0.5),
    ),
    `<path d="${shield}" fill="url(#shield)" stroke="#000" stroke-opacity="0.5" stroke-width="${n(0.01 * s)}"/>`,
    gloss(0.24 * s + light.x * 0.04 * s, light.y * 0.08 * s, 0.07 * s, 0.06 * s, 0.7),
    `<path d="${cases}" fill="url(#case)" stroke="#000" stroke-opacity="0.6" stroke-width="${n(0.012 * s)}"/>`,
    `<clipPath id="inside"><path d="${cases}"/></clipPath><g clip-path="url(#inside)">${punctures}</g>`,
    `<path d="${cases}" fill="url(#rim)"/>`,
    stroke(`M${n(0.17 * s)} 0L${n(-0.48 * s)} 0`, '#000', 0.014 * s, 0.75),
    stroke(
      `M${n(0.14 * s)} ${n(light.y * 0.012 * s)}L${n(-0.46 * s)} ${n(light.y * 0.012 * s)}`,
      '#fff',
      0.007 * s,
      0.35,
    ),
    gloss(-0.1 * s + light.x * 0.1 * s, light.y * 0.13 * s, 0.2 * s, 0.075 * s, 0.75),
    gloss(-0.08 * s + light.x * 0.12 * s, light.y * 0.14 * s, 0.07 * s, 0.032 * s, 1),
    gloss(-0.3 * s - light.x * 0.1 * s, -light.y * 0.14 * s, 0.1 * s, 0.05 * s, 0.22),
  ].join('');
  const defs = [
    `<linearGradient id="case" gradientUnits="userSpaceOnUse" x1="${n(-0.13 * s + light.x * 0.3 * s)}" y1="${n(light.y * 0.3 * s)}" x2="${n(-0.13 * s - light.x * 0.3 * s)}" y2="${n(-light.y * 0.3 * s)}"><stop offset="0" stop-color="${colours.case[0]}"/><stop offset="0.45" stop-color="${colours.case[1]}"/><stop offset="1" stop-color="${colours.case[2]}"/></linearGradient>`,
    `<radialGradient id="shield" gradientUnits="userSpaceOnUse" cx="${n(0.24 * s + light.x * 0.06 * s)}" cy="${n(light.y * 0.08 * s)}" r="${n(0.22 * s)}"><stop offset="0" stop-color="${colours.shield[0]}"/><stop offset="1" stop-color="${colours.shield[1]}"/></radialGradient>`,
    `<radialGradient id="rim" gradientUnits="userSpaceOnUse" cx="${n(-0.13 * s)}" cy="0" r="${n(0.36 * s)}"><stop offset="0.55" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.5"/></radialGradient>`,
    '<radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity="0.95"/><stop offset="0.5" stop-color="#eaf2ff" stop-opacity="0.4"/><stop offset="1" stop-color="#eaf2ff" stop-opacity="0"/></radialGradient>',
  ].join('');
  const outline = [
    ...ellipseRim(-0.14 * s, 0, 0.34 * s, 0.265 * s),
    ...ellipseRim(0.38 * s, 0, 0.085 * s, 0.1 * s),
    ...legs.map((leg) => leg[3]),
  ];
  return turned(
    {
      defs,
      body,
      silhouette: `<path d="${cases}"/><path d="${shield}"/>${ellipse(0.38 * s, 0, 0.085 * s, 0.1 * s, '#000')}${drawLegs(legs, { upper: '#000', lower: '#000', width: 0.05 * s }).replaceAll('#fff', '#000')}`,
      outline,
      reach: [...outline, ...antennae.flat()],
    },
    headingRad,
  );
}
