import type { Box, Size } from '../../types.js';

export interface Label {
  readonly target: string;
  readonly box: Box;
  readonly text: string;
}

const CHARACTER_PX = 7.2;
const PADDING_PX = 18;
const HEIGHT_PX = 24;

/**
 * Which labels can be read without covering one another or what another one marks; the others show on hover and focus. A target that would have
 * none shows one all the same: the most important that covers no other label.
 * @param labels the most important first
 * @param widthPx width at which the frame is shown
 * @returns one answer a label, in the same order
 */
export function readableLabels(labels: readonly Label[], frame: Size, widthPx: number): readonly boolean[] {
  const scale = widthPx / frame.width;
  const places = labels.map((label) => labelPlace(label, frame, scale));
  const marked = labels.map(({ box }) => scaled(box, scale));
  const shown = new Set<number>();
  const named = new Set<string>();
  const show = (index: number): void => {
    const place = places[index] as Box;
    if ([...shown].some((other) => overlaps(place, places[other] as Box))) return;
    shown.add(index);
    named.add((labels[index] as Label).target);
  };
  for (const [index, place] of places.entries()) {
    const hides = (box: Box, other: number) => other !== index && overlaps(place, box) && !contains(box, place);
    if (!marked.some(hides)) show(index);
  }
  for (const [index, { target }] of labels.entries()) if (!named.has(target)) show(index);
  return labels.map((_, index) => shown.has(index));
}

/** Above the box, or inside its upper edge where there is no room above; kept inside the frame's right edge. */
function labelPlace({ box, text }: Label, frame: Size, scale: number): Box {
  const width = text.length * CHARACTER_PX + PADDING_PX;
  const left = box.x * scale;
  const right = (box.x + box.width) * scale;
  const top = box.y * scale;
  const x = isAtRight(box, frame) ? right - width : left;
  return { x, y: isAtTop(box, scale) ? top : top - HEIGHT_PX, width, height: HEIGHT_PX };
}

/** No room for a label above the box. */
export const isAtTop = (box: Box, scale: number) => box.y * scale < HEIGHT_PX;

/** The label grows to the left, from the box's right edge. */
export const isAtRight = (box: Box, frame: Size) => box.x + box.width / 2 > frame.width * 0.6;

const scaled = ({ x, y, width, height }: Box, scale: number): Box => ({
  x: x * scale,
  y: y * scale,
  width: width * scale,
  height: height * scale,
});

/** A label within a large box leaves enough of it to be seen. */
function contains(outer: Box, { x, y, width, height }: Box): boolean {
  return outer.x <= x && outer.y <= y && outer.x + outer.width >= x + width && outer.y + outer.height >= y + height;
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
