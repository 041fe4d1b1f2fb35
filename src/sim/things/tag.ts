import { xy } from '../drawing/curves.js';
import { lettered } from '../drawing/lettering.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { dots, fill, line, linear } from '../drawing/skin.js';
import { type Figure, n } from '../figure.js';
import type { Thing } from '../species.js';

interface TagLook {
  readonly ground: readonly [lit: string, shade: string];
  readonly ink: string;
  readonly shape: 'stake' | 'card' | 'hanging';
  /** Width of the strokes as a share of a capital's height. */
  readonly weight: number;
}

const STAKE =
  'M-50 -15H34C37 -15 39 -13 41 -11L50 0L41 11C39 13 37 15 34 15H-50C-51 15 -52 14 -52 13V-13C-52 -14 -51 -15 -50 -15Z';
const CARD =
  'M-48 -26H48C49.5 -26 50 -25.5 50 -24V24C50 25.5 49.5 26 48 26H-48C-49.5 26 -50 25.5 -50 24V-24C-50 -25.5 -49.5 -26 -48 -26Z';
const HANGING = 'M-40 -20H48C49.5 -20 50 -19 50 -18V18C50 19 49.5 20 48 20H-40L-50 9V-9Z';

const PATHS = { stake: STAKE, card: CARD, hanging: HANGING } as const;
const ROOM = {
  stake: { left: -46, width: 78, height: 22 },
  card: { left: -44, width: 88, height: 42 },
  hanging: { left: -33, width: 78, height: 30 },
} as const;
const HALF_HEIGHT = { stake: 15, card: 26, hanging: 20 } as const;

function tagDrawing(lines: readonly string[], look: TagLook): Drawing {
  const path = PATHS[look.shape];
  const room = ROOM[look.shape];
  return (): Figure => {
    const half = HALF_HEIGHT[look.shape];
    const rim = [
      { x: -52, y: -half },
      { x: 50, y: -half },
      { x: 50, y: half },
      { x: -52, y: half },
    ];
    return {
      defs: linear(
        'ground',
        [0, 0],
        [1, 1],
        [
          [0, look.ground[0]],
          [1, look.ground[1]],
        ],
      ),
      body: [
        fill(path, 'url(#ground)'),
        line(path, '#000', 0.7, 0.35),
        line(`M-48 ${-half + 1.4}H34`, '#fff', 0.9, 0.6),
        look.shape === 'hanging'
          ? `${dots([[-42, 0]], '#3a3a36', 6)}${line('M-42 0C-52 -4 -58 4 -66 -2', '#8a7a5a', 1.6)}`
          : '',
        look.shape === 'card' ? dots(xy([-45, -21, 45, -21, -45, 21, 45, 21]), '#8a8a86', 3) : '',
        print(lines, room, look),
        // A weathered smear over plastic that stood in the field.
        line('M-30 6C-10 10 10 3 30 8', '#fff', 5, 0.14),
      ].join(''),
      silhouette: `<path d="${path}"/>`,
      outline: rim,
      reach: [...rim, ...(look.shape === 'hanging' ? [{ x: -68, y: 0 }] : [])],
    };
  };
}

function print(
  lines: readonly string[],
  room: { readonly left: number; readonly width: number; readonly height: number },
  { ink, weight }: TagLook,
): string {
  const pitch = room.height / lines.length;
  const capitals = Math.min(
    pitch * 0.68,
    ...lines.map((text) => room.width / Math.max(1, lettered(text, 1, weight, ink).width)),
  );
  return lines
    .map((text, index) => {
      const { svg, width } = lettered(text, capitals, weight, ink);
      const x = room.left + (room.width - width) / 2;
      const y = -room.height / 2 + pitch * (index + 0.5) + capitals / 2;
      return `<g transform="translate(${n(x)} ${n(y)})">${svg}</g>`;
    })
    .join('');
}

const WHITE_STAKE: TagLook = { ground: ['#fdfdfb', '#dcdcd6'], ink: '#1c1c20', shape: 'stake', weight: 0.13 };
const MARKER_STAKE: TagLook = { ground: ['#fafaf6', '#d6d6ce'], ink: '#14287a', shape: 'stake', weight: 0.19 };
const YELLOW_CARD: TagLook = { ground: ['#ffe978', '#f0c93a'], ink: '#1e1a10', shape: 'card', weight: 0.15 };
const WHITE_CARD: TagLook = { ground: ['#ffffff', '#e4e4e0'], ink: '#101014', shape: 'card', weight: 0.11 };
const BLUE_CARD: TagLook = { ground: ['#4a8ad0', '#2a64a8'], ink: '#ffffff', shape: 'card', weight: 0.15 };
const RED_TAG: TagLook = { ground: ['#e2523c', '#b8301e'], ink: '#fff8e8', shape: 'hanging', weight: 0.16 };
const PAPER_TAG: TagLook = { ground: ['#ecd9ae', '#cdb582'], ink: '#2a2018', shape: 'hanging', weight: 0.12 };
const GREEN_TAG: TagLook = { ground: ['#7cb860', '#4c8a38'], ink: '#ffffff', shape: 'hanging', weight: 0.15 };

const PRINTS: readonly (readonly [id: string, colour: string, TagLook, readonly string[]])[] = [
  ['aphids', 'white', WHITE_STAKE, ['APHIDS']],
  ['aphid-count', 'yellow', YELLOW_CARD, ['Aphid', 'count 12']],
  ['whitefly', 'yellow', YELLOW_CARD, ['WHITEFLY', 'TRAP 3']],
  ['thrips', 'blue', BLUE_CARD, ['THRIPS']],
  ['caterpillar', 'white', MARKER_STAKE, ['caterpillar']],
  ['beetle', 'red', RED_TAG, ['BEETLE']],
  ['weevil', 'brown', PAPER_TAG, ['weevil', 'row 7']],
  ['ladybird', 'white', WHITE_CARD, ['LADYBIRD', 'released', '14 May']],
  ['spider-mite', 'red', RED_TAG, ['Spider mite']],
  ['stink-bug', 'white', WHITE_CARD, ['STINK BUG']],
  ['planthopper', 'green', GREEN_TAG, ['planthopper']],
  ['mealybug', 'white', MARKER_STAKE, ['Mealybug']],
  ['moth', 'white', WHITE_CARD, ['MOTH', 'light trap 2']],
  ['grasshopper', 'green', GREEN_TAG, ['GRASSHOPPER']],
  ['cricket', 'brown', PAPER_TAG, ['cricket']],
  ['termite', 'white', WHITE_STAKE, ['TERMITES']],
  ['bee', 'yellow', YELLOW_CARD, ['BEES', 'do not spray']],
  ['green-aphid', 'white', WHITE_CARD, ['a green aphid', 'on a leaf']],
  ['tomato', 'white', WHITE_STAKE, ['TOMATO']],
  ['row', 'brown', PAPER_TAG, ['Row 14', 'no. 208']],
  ['rust', 'blue', BLUE_CARD, ['leaf rust', 'plot 5']],
];

export const TAGS: readonly Thing[] = PRINTS.map(([id, colour, look, lines]) =>
  thingOf({
    id: `tag-${id}`,
    kind: 'tag',
    colour,
    target: null,
    words: lines.join(' '),
    lengthRange: { min: 130, max: 230 },
    thickness: 0.05,
    drawing: tagDrawing(lines, look),
  }),
);
