import type { Box, Size } from '../../types.js';

export interface Label {
  readonly box: Box;
  readonly text: string;
}

const CHARACTER_PX = 7.2;
const PADDING_PX = 18;
const HEIGHT_PX = 24;

/**
 * Which labels can be read without covering one another; the others show on hover and focus.
 * @param labels the most important first
 * @param widthPx width at which the frame is shown
 * @returns one answer a label, in the same order
 */
export function readableLabels(labels: readonly Label[], frame: Size, widthPx: number): readonly boolean[] {
  const scale = widthPx / frame.width;
  const placed: Box[] = [];
  return labels.map((label) => {
    const place = labelPlace(label, frame, scale);
    const free = placed.every((other) => !overlaps(place, other));
    if (free) placed.push(place);
    return free;
  });
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

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
