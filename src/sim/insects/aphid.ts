import { drawLegs, ellipse, type Figure, lightFor, n, sixLegs, smoothLine, stroke, turned } from '../figure.js';
import { ellipseRim, type Point } from '../geometry.js';

export interface AphidColours {
  readonly bright: string;
  readonly mid: string;
  readonly dark: string;
  readonly rim: string;
  readonly leg: string;
  readonly tip: string;
}

/** As the melon and the oleander aphid are. */
export const YELLOW_APHID: AphidColours = {
  bright: '#fff3a0',
  mid: '#e8c93a',
  dark: '#a8861a',
  rim: '#6a5210',
  leg: '#b89a3a',
  tip: '#2b2310',
};

export const GREEN_APHID: AphidColours = {
  bright: '#f2f7a4',
  mid: '#c3d649',
  dark: '#7f9a22',
  rim: '#4a5f12',
  leg: '#a9b04a',
  tip: '#2b2a14',
};

export const BLACK_APHID: AphidColours = {
  bright: '#7c7f86',
  mid: '#2e2d33',
  dark: '#131217',
  rim: '#060508',
  leg: '#8b7a4d',
  tip: '#141010',
};

/** A wingless aphid seen from above: pear-shaped, with its two cornicles, long antennae and thin legs. */
export function drawAphid(lengthPx: number, headingRad: number, gait: number, colours: AphidColours): Figure {
  const s = lengthPx;
  const light = lightFor(headingRad);
  const abdomen = { x: -0.14 * s, rx: 0.37 * s, ry: 0.29 * s };
  const hips: Point[] = [
    { x: 0.26 * s, y: 0.1 * s },
    { x: 0.14 * s, y: 0.15 * s },
    { x: 0.02 * s, y: 0.18 * s },
  ];
  const legs = sixLegs(hips, 0.44 * s, gait);
  const pear = `M${n(0.44 * s)} 0C${n(0.44 * s)} ${n(0.11 * s)} ${n(0.3 * s)} ${n(0.14 * s)} ${n(0.18 * s)} ${n(0.19 * s)}C${n(0.05 * s)} ${n(0.26 * s)} ${n(-0.12 * s)} ${n(0.32 * s)} ${n(-0.28 * s)} ${n(0.27 * s)}C${n(-0.44 * s)} ${n(0.21 * s)} ${n(-0.5 * s)} ${n(0.08 * s)} ${n(-0.54 * s)} 0C${n(-0.5 * s)} ${n(-0.08 * s)} ${n(-0.44 * s)} ${n(-0.21 * s)} ${n(-0.28 * s)} ${n(-0.27 * s)}C${n(-0.12 * s)} ${n(-0.32 * s)} ${n(0.05 * s)} ${n(-0.26 * s)} ${n(0.18 * s)} ${n(-0.19 * s)}C${n(0.3 * s)} ${n(-0.14 * s)} ${n(0.44 * s)} ${n(-0.11 * s)} ${n(0.44 * s)} 0Z`;
  const antennae = [-1, 1].map((side): Point[] => [
    { x: 0.4 * s, y: side * 0.06 * s },
    { x: 0.58 * s, y: side * 0.2 * s },
    { x: 0.42 * s, y: side * 0.4 * s },
    { x: -0.02 * s, y: side * (0.52 + 0.03 * Math.sin(gait * 5 + side)) * s },
  ]);
  const cornicles = [-1, 1].map((side): Point[] => [
    { x: -0.36 * s, y: side * 0.17 * s },
    { x: -0.47 * s, y: side * 0.22 * s },
    { x: -0.6 * s, y: side * 0.25 * s },
  ]);
  const segments = [-0.4, -0.29, -0.18, -0.07, 0.05, 0.16].map((x, index) => {
    const half = [0.15, 0.22, 0.25, 0.25, 0.21, 0.15][index] as number;
    const path = smoothLine([
      { x: (x + 0.02) * s, y: -half * s },
      { x: (x - 0.035) * s, y: 0 },
      { x: (x + 0.02) * s, y: half * s },
    ]);
    return stroke(path, colours.rim, 0.018 * s, 0.42) + stroke(path, colours.bright, 0.012 * s, 0.25);
  });
  const body = [
    drawLegs(legs, { upper: colours.leg, lower: colours.tip, width: 0.042 * s }),
    ...antennae.map((line) => stroke(smoothLine(line), colours.tip, 0.026 * s, 0.95)),
    `<path d="${pear}" fill="url(#skin)" stroke="${colours.rim}" stroke-width="${n(0.018 * s)}" stroke-opacity="0.8"/>`,
    ...segments,
    `<path d="${pear}" fill="url(#shade)"/>`,
    ...cornicles.map(
      (line) => stroke(smoothLine(line), colours.tip, 0.05 * s) + stroke(smoothLine(line), '#fff', 0.012 * s, 0.35),
    ),
    ...[-1, 1].map(
      (side) =>
        ellipse(0.37 * s, side * 0.085 * s, 0.034 * s, 0.028 * s, '#3a0d0d') +
        ellipse(0.375 * s, side * 0.08 * s, 0.008 * s, 0.008 * s, '#fff', 0.5),
    ),
    ellipse(abdomen.x + light.x * 0.13 * s, light.y * 0.13 * s, 0.12 * s, 0.085 * s, 'url(#gloss)'),
    ellipse(abdomen.x + light.x * 0.17 * s, light.y * 0.16 * s, 0.03 * s, 0.022 * s, '#fff', 0.85),
  ].join('');
  const defs = [
    `<radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="${n(abdomen.x + light.x * 0.12 * s)}" cy="${n(light.y * 0.14 * s)}" r="${n(0.52 * s)}"><stop offset="0" stop-color="${colours.bright}"/><stop offset="0.42" stop-color="${colours.mid}"/><stop offset="1" stop-color="${colours.dark}"/></radialGradient>`,
    `<linearGradient id="shade" gradientUnits="userSpaceOnUse" x1="${n(abdomen.x + light.x * 0.3 * s)}" y1="${n(light.y * 0.3 * s)}" x2="${n(abdomen.x - light.x * 0.34 * s)}" y2="${n(-light.y * 0.34 * s)}"><stop offset="0.45" stop-color="${colours.rim}" stop-opacity="0"/><stop offset="1" stop-color="${colours.rim}" stop-opacity="0.75"/></linearGradient>`,
    '<radialGradient id="gloss"><stop offset="0" stop-color="#fff" stop-opacity="0.8"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>',
  ].join('');
  const outline = [...ellipseRim(-0.06 * s, 0, 0.49 * s, 0.29 * s), ...legs.map((leg) => leg[3]), ...cornicles.flat()];
  return turned(
    {
      defs,
      body,
      silhouette:
        `<path d="${pear}"/>` +
        drawLegs(legs, { upper: '#000', lower: '#000', width: 0.05 * s }).replaceAll('#fff', '#000'),
      outline,
      reach: [...outline, ...antennae.flat()],
    },
    headingRad,
  );
}
