import { n } from '../figure.js';

/**
 * Letters as single strokes, drawn here so that a printed word is the same on every machine whatever its fonts. Capitals are 14 units
 * high over the line y = 0; small letters 10.
 */
const GLYPHS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  A: [10, 'M0 0L5 -14L10 0M1.8 -5H8.2'],
  B: [9, 'M0 0V-14H5A3.5 3.5 0 0 1 5 -7H0M5 -7H5.5A3.5 3.5 0 0 1 5.5 0H0'],
  C: [9.5, 'M9.5 -11.5A5.5 7 0 1 0 9.5 -2.5'],
  D: [9.5, 'M0 0V-14H3.5A6 7 0 0 1 3.5 0Z'],
  E: [8, 'M8 -14H0V0H8M0 -7H6.5'],
  F: [8, 'M8 -14H0V0M0 -7H6.5'],
  G: [10, 'M9.5 -11.5A5.5 7 0 1 0 10 -5V-6.5H6'],
  H: [9, 'M0 0V-14M9 0V-14M0 -7H9'],
  I: [1, 'M0.5 0V-14'],
  J: [6, 'M6 -14V-4A3.2 4 0 0 1 0 -3.5'],
  K: [9, 'M0 0V-14M8.5 -14L0 -5.5M3 -8.3L9 0'],
  L: [7.5, 'M0 -14V0H7.5'],
  M: [11, 'M0 0V-14L5.5 -4L11 -14V0'],
  N: [9, 'M0 0V-14L9 0V-14'],
  O: [11, 'M5.5 -14A5.5 7 0 1 0 5.5 0A5.5 7 0 1 0 5.5 -14Z'],
  P: [9, 'M0 0V-14H5A4 4 0 0 1 5 -6H0'],
  Q: [11, 'M5.5 -14A5.5 7 0 1 0 5.5 0A5.5 7 0 1 0 5.5 -14ZM6.5 -4L11 1'],
  R: [9, 'M0 0V-14H5A4 4 0 0 1 5 -6H0M4.5 -6L9 0'],
  S: [
    9,
    'M8.5 -11.8C7.5 -13.4 6 -14 4.5 -14C2 -14 .5 -12.6 .5 -10.6C.5 -6 9 -8.4 9 -3.6C9 -1.4 7 0 4.6 0C2.6 0 1 -.8 0 -2.4',
  ],
  T: [10, 'M0 -14H10M5 -14V0'],
  U: [9, 'M0 -14V-4.5A4.5 4.5 0 0 0 9 -4.5V-14'],
  V: [10, 'M0 -14L5 0L10 -14'],
  W: [14, 'M0 -14L3.5 0L7 -11L10.5 0L14 -14'],
  X: [9, 'M0 -14L9 0M9 -14L0 0'],
  Y: [10, 'M0 -14L5 -7L10 -14M5 -7V0'],
  Z: [9, 'M0 -14H9L0 0H9'],
  a: [7, 'M7 -10V0M7 -5A3.5 5 0 1 0 0 -5A3.5 5 0 1 0 7 -5'],
  b: [7, 'M0 -14V0M0 -5A3.5 5 0 1 1 7 -5A3.5 5 0 1 1 0 -5'],
  c: [6.5, 'M6.5 -8A3.7 5 0 1 0 6.5 -2'],
  d: [7, 'M7 -14V0M7 -5A3.5 5 0 1 0 0 -5A3.5 5 0 1 0 7 -5'],
  e: [7, 'M0 -5H7A3.5 5 0 1 0 6.2 -1.8'],
  f: [5, 'M5 -14C3 -14.4 2 -13 2 -11V0M0 -10H4.8'],
  g: [7, 'M7 -10V.5A3.5 3.5 0 0 1 .5 2M7 -5A3.5 5 0 1 0 0 -5A3.5 5 0 1 0 7 -5'],
  h: [6.6, 'M0 -14V0M0 -6A3.3 4 0 0 1 6.6 -6V0'],
  i: [0.6, 'M.3 -10V0M.3 -13.5v.1'],
  j: [2, 'M2 -10V2C2 3.6 1 4 0 4M2 -13.5v.1'],
  k: [6.5, 'M0 -14V0M6 -10L0 -4.5M2.4 -6.6L6.5 0'],
  l: [0.6, 'M.3 -14V0'],
  m: [11.2, 'M0 -10V0M0 -6.5A2.8 3.5 0 0 1 5.6 -6.5V0M5.6 -6.5A2.8 3.5 0 0 1 11.2 -6.5V0'],
  n: [6.6, 'M0 -10V0M0 -6A3.3 4 0 0 1 6.6 -6V0'],
  o: [7, 'M3.5 -10A3.5 5 0 1 0 3.5 0A3.5 5 0 1 0 3.5 -10Z'],
  p: [7, 'M0 -10V4M0 -5A3.5 5 0 1 1 7 -5A3.5 5 0 1 1 0 -5'],
  q: [7, 'M7 -10V4M7 -5A3.5 5 0 1 0 0 -5A3.5 5 0 1 0 7 -5'],
  r: [4.5, 'M0 -10V0M0 -6C.5 -9 2 -10.2 4.5 -9.8'],
  s: [
    6,
    'M5.6 -8.6C4.8 -9.7 3.8 -10 2.9 -10C1.3 -10 .3 -9 .3 -7.6C.3 -4.4 6 -6 6 -2.6C6 -1 4.7 0 3 0C1.7 0 .7 -.6 0 -1.7',
  ],
  t: [5, 'M2 -13V-2.5C2 -.5 3 0 4.8 -.3M0 -10H4.8'],
  u: [6.6, 'M0 -10V-4A3.3 4 0 0 0 6.6 -4M6.6 -10V0'],
  v: [7, 'M0 -10L3.5 0L7 -10'],
  w: [10.4, 'M0 -10L2.6 0L5.2 -8L7.8 0L10.4 -10'],
  x: [6.4, 'M0 -10L6.4 0M6.4 -10L0 0'],
  y: [7, 'M0 -10L3.7 0M7 -10L3.7 0L2 4'],
  z: [6.4, 'M0 -10H6.4L0 0H6.4'],
  '0': [9, 'M4.5 -14A4.5 7 0 1 0 4.5 0A4.5 7 0 1 0 4.5 -14Z'],
  '1': [5, 'M0 -11L4 -14V0'],
  '2': [9, 'M0 -10.5A4.2 3.8 0 1 1 7.4 -7.6L0 0H9'],
  '3': [9, 'M.5 -14H8L3.5 -8.5A4.3 4.2 0 1 1 0 -2'],
  '4': [9.5, 'M7 0V-14L0 -4.5H9.5'],
  '5': [9, 'M8 -14H1L.5 -8A4.4 4.3 0 1 1 0 -1.6'],
  '6': [9, 'M7 -14C3 -12 0 -8 0 -4.4A4.4 4.4 0 1 0 4.4 -8.8C2.5 -8.8 1 -8 .3 -6.5'],
  '7': [9, 'M0 -14H9L3 0'],
  '8': [9, 'M4.5 -7.6A3.3 3.2 0 1 0 4.5 -14A3.3 3.2 0 1 0 4.5 -7.6A4.2 3.8 0 1 0 4.5 0A4.2 3.8 0 1 0 4.5 -7.6Z'],
  '9': [9, 'M2 0C6 -2 9 -6 9 -9.6A4.4 4.4 0 1 0 4.6 -5.2C6.5 -5.2 8 -6 8.7 -7.5'],
  '-': [6, 'M.5 -5.5H5.5'],
  '.': [1, 'M.5 0v-.1'],
  ' ': [4, ''],
};

const GAP = 3.4;

export interface Lettering {
  readonly svg: string;
  readonly width: number;
}

/**
 * A line of print that begins at (0, 0) on its base line.
 * @param height of a capital.
 * @param weight width of the strokes as a share of the height.
 * @throws RangeError for a character that has no glyph.
 */
export function lettered(text: string, height: number, weight: number, colour: string): Lettering {
  let x = 0;
  const strokes: string[] = [];
  for (const character of text) {
    const glyph = GLYPHS[character];
    if (!glyph) throw new RangeError(`no glyph for '${character}'`);
    if (glyph[1] !== '') strokes.push(`<path d="${glyph[1]}" transform="translate(${n(x)} 0)"/>`);
    x += glyph[0] + GAP;
  }
  const scale = height / 14;
  const svg = `<g transform="scale(${Math.round(scale * 10_000) / 10_000})" fill="none" stroke="${colour}" stroke-width="${n(14 * weight)}" stroke-linecap="round" stroke-linejoin="round">${strokes.join('')}</g>`;
  return { svg, width: Math.max(0, x - GAP) * scale };
}
