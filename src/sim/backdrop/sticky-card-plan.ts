import { FIELD, type Point } from '../geometry.js';
import { between, type Random } from '../random.js';

/** The card in field units, upright; the picture shows it turned by a little. */
export const CARD = { left: 90, top: 34, width: 1100, height: 652, corner: 16, cell: 78 } as const;

export const CARD_TURN_DEG = -1.4;

/** Anywhere on the glue. */
export function cardSeat(random: Random): Point {
  const margin = 34;
  const x = between(random, CARD.left + margin, CARD.left + CARD.width - margin);
  const y = between(random, CARD.top + margin, CARD.top + CARD.height - margin);
  const turn = (CARD_TURN_DEG * Math.PI) / 180;
  const [dx, dy] = [x - FIELD.width / 2, y - FIELD.height / 2];
  return {
    x: FIELD.width / 2 + dx * Math.cos(turn) - dy * Math.sin(turn),
    y: FIELD.height / 2 + dx * Math.sin(turn) + dy * Math.cos(turn),
  };
}
