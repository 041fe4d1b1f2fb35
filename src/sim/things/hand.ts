import { blob, openCurve, type XY, xy } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { type Coat, dome, fill, inside, line, radial, shine } from '../drawing/skin.js';
import { type Figure, n } from '../figure.js';
import type { Point } from '../geometry.js';
import type { Thing } from '../species.js';

interface HandColours {
  readonly skin: Coat;
  readonly nail: string;
  readonly crease: string;
  readonly sleeve: readonly [lit: string, dark: string];
  readonly bare: boolean;
}

/** One finger: its knuckle, its tip and its width at both. */
interface Finger {
  readonly root: XY;
  readonly tip: XY;
  readonly widths: readonly [number, number];
}

const POINTING: readonly Finger[] = [
  { root: [8, 13], tip: [22, 21], widths: [10, 8.6] },
  { root: [11, 5], tip: [27, 11], widths: [10.6, 9] },
  { root: [12, -4], tip: [26, 0], widths: [10.8, 9.4] },
  { root: [10, -12], tip: [47, -9], widths: [10.6, 7.4] },
  { root: [-12, -17], tip: [15, -25], widths: [11.4, 8.6] },
];

const OPEN: readonly Finger[] = [
  { root: [6, 14], tip: [29, 25], widths: [9.4, 6.8] },
  { root: [10, 6], tip: [42, 11], widths: [10.2, 7.4] },
  { root: [11, -3], tip: [47, -3], widths: [10.4, 7.6] },
  { root: [9, -11], tip: [41, -16], widths: [10, 7.4] },
  { root: [-14, -16], tip: [16, -31], widths: [11.4, 8.4] },
];

const BACK: readonly XY[] = xy([
  -52, -13, -30, -14, -18, -20, -4, -21, 8, -18, 15, -10, 17, 0, 14, 10, 9, 18, -6, 19, -24, 16, -36, 12, -52, 12,
]);
const CUFF: readonly XY[] = xy([-52, -17, -38, -16.5, -36, 0, -38, 15.5, -52, 16]);

function handDrawing(fingers: readonly Finger[], colours: HandColours): Drawing {
  return (light): Figure => {
    const back = blob(BACK);
    const cuff = blob(CUFF);
    const shapes = fingers.map(shapeOf);
    const outline = [...back.rim, ...cuff.rim, ...shapes.flatMap(({ rim }) => rim)];
    return {
      defs: '',
      body: [
        ...fingers.map((finger, index) =>
          drawFinger(finger, shapes[index] as ReturnType<typeof blob>, index, colours, light),
        ),
        dome('back', back, { ...colours.skin, rim: colours.skin.dark }, light),
        inside('back-in', back, knuckles(fingers, colours, light)),
        radial('cuff', [0.5 + light.x * 0.3, 0.5 + light.y * 0.3], 0.9, [
          [0, colours.sleeve[0]],
          [1, colours.sleeve[1]],
        ]),
        fill(cuff.path, 'url(#cuff)'),
        line('M-38 -16C-36 -6 -36 6 -38 15.5', '#000', 1, 0.35),
        line('M-41 -16C-39 -6 -39 6 -41 15.6M-48 -14C-46 -4 -47 8 -49 14', '#000', 0.7, 0.2),
      ].join(''),
      silhouette: [back, cuff, ...shapes].map(({ path }) => `<path d="${path}"/>`).join(''),
      outline,
      parts: [back, cuff, ...shapes].map(({ rim }) => rim),
      reach: outline,
    };
  };
}

function shapeOf({ root, tip, widths }: Finger) {
  const [dx, dy] = [tip[0] - root[0], tip[1] - root[1]];
  const run = Math.hypot(dx, dy);
  const [ux, uy] = [dx / run, dy / run];
  const at = (along: number, across: number): XY => [
    root[0] + ux * along - uy * across,
    root[1] + uy * along + ux * across,
  ];
  const [wide, narrow] = [widths[0] / 2, widths[1] / 2];
  return blob([
    at(-6, wide),
    at(run * 0.28, wide * 0.94),
    at(run * 0.45, wide * 1.02),
    at(run * 0.72, narrow * 1.04),
    at(run - narrow * 0.5, narrow * 0.9),
    at(run, 0),
    at(run - narrow * 0.5, -narrow * 0.9),
    at(run * 0.72, -narrow * 1.04),
    at(run * 0.45, -wide * 1.02),
    at(run * 0.28, -wide * 0.94),
    at(-6, -wide),
  ]);
}

function drawFinger(
  finger: Finger,
  shape: ReturnType<typeof blob>,
  index: number,
  colours: HandColours,
  light: Point,
): string {
  const { root, tip, widths } = finger;
  const degrees = (Math.atan2(tip[1] - root[1], tip[0] - root[0]) * 180) / Math.PI;
  const run = Math.hypot(tip[0] - root[0], tip[1] - root[1]);
  const half = widths[1] / 2;
  const joints = [0.42, 0.45, 0.48, 0.72, 0.745]
    .map((share) => `M${n(run * share)} ${n(-half * 0.6)}Q${n(run * share + 0.7)} 0 ${n(run * share)} ${n(half * 0.6)}`)
    .join('');
  const nail = `M${n(run - half * 1.75)} ${n(-half * 0.58)}C${n(run - half * 0.7)} ${n(-half * 0.7)} ${n(run - half * 0.15)} ${n(-half * 0.4)} ${n(run - half * 0.12)} 0C${n(run - half * 0.15)} ${n(half * 0.4)} ${n(run - half * 0.7)} ${n(half * 0.7)} ${n(run - half * 1.75)} ${n(half * 0.58)}Q${n(run - half * 2.1)} 0 ${n(run - half * 1.75)} ${n(-half * 0.58)}Z`;
  return [
    dome(`finger${index}`, shape, { ...colours.skin, rim: colours.skin.dark }, light),
    `<g transform="translate(${n(root[0])} ${n(root[1])}) rotate(${n(degrees)})">`,
    line(joints, colours.crease, 0.55, 0.5),
    colours.bare ? fill(nail, colours.nail, 0.9) + line(nail, colours.crease, 0.4, 0.6) : '',
    colours.bare
      ? `<path d="M${n(run - half * 0.5)} ${n(-half * 0.5)}Q${n(run - half * 0.02)} 0 ${n(run - half * 0.5)} ${n(half * 0.5)}" fill="none" stroke="#fff" stroke-width="0.5" stroke-opacity="0.7"/>`
      : '',
    '</g>',
    colours.bare
      ? shine(
          tip[0] - Math.cos((degrees * Math.PI) / 180) * half * 1.1 + light.x,
          tip[1] - Math.sin((degrees * Math.PI) / 180) * half * 1.1 + light.y,
          1.8,
          1.1,
          0.6,
        )
      : '',
  ].join('');
}

/** Shade between the fingers, tendons towards them, and skin folds over each knuckle. */
function knuckles(fingers: readonly Finger[], { skin, crease }: HandColours, light: Point): string {
  return fingers
    .slice(0, 4)
    .map(({ root: [x, y] }) =>
      [
        line(
          openCurve([
            [x - 1, y],
            [x - 14, y * 0.86],
            [x - 34, y * 0.5],
          ]),
          skin.dark,
          2.6,
          0.16,
        ),
        shine(x - 1 + light.x * 1.5, y + light.y * 1.5, 5.4, 4, 0.3),
        line(`M${n(x - 2)} ${n(y - 2.6)}q1.4 2.6 0 5.2M${n(x + 0.4)} ${n(y - 2.2)}q1.2 2.2 0 4.4`, crease, 0.5, 0.45),
      ].join(''),
    )
    .join('');
}

const LIGHT: HandColours = {
  skin: { lit: '#ffe0cc', mid: '#eab795', dark: '#b97a58', rim: '#7a4430' },
  nail: '#f6cdbd',
  crease: '#9a5a40',
  sleeve: ['#6c86a8', '#34465e'],
  bare: true,
};

const BROWN: HandColours = {
  skin: { lit: '#d9a67c', mid: '#b07a50', dark: '#744a2c', rim: '#40240f' },
  nail: '#e2b597',
  crease: '#57341c',
  sleeve: ['#c9b48a', '#857049'],
  bare: true,
};

const DARK: HandColours = {
  skin: { lit: '#a5795a', mid: '#704a34', dark: '#43291a', rim: '#20120a' },
  nail: '#c69a80',
  crease: '#28160c',
  sleeve: ['#b45a48', '#6a2c22'],
  bare: true,
};

const GLOVE: HandColours = {
  skin: { lit: '#a8c8f0', mid: '#5f8fd0', dark: '#34588e', rim: '#1a2f54' },
  nail: '#5f8fd0',
  crease: '#24406e',
  sleeve: ['#e4e6e8', '#a4a8ac'],
  bare: false,
};

const HANDS: readonly (readonly [string, string, readonly Finger[], HandColours])[] = [
  ['hand-light', 'light brown', POINTING, LIGHT],
  ['hand-light-open', 'light brown', OPEN, LIGHT],
  ['hand-brown', 'brown', POINTING, BROWN],
  ['hand-brown-open', 'brown', OPEN, BROWN],
  ['hand-dark', 'dark brown', POINTING, DARK],
  ['hand-dark-open', 'dark brown', OPEN, DARK],
  ['hand-glove', 'blue', POINTING, GLOVE],
];

/** The fingertips look along the heading, half a length from the hand's own place. */
export const HANDS_IN: readonly Thing[] = HANDS.map(([id, colour, fingers, colours]) =>
  thingOf({
    id,
    kind: 'hand',
    colour,
    target: null,
    lengthRange: { min: 420, max: 640 },
    thickness: 0.05,
    drawing: handDrawing(fingers, colours),
  }),
);
