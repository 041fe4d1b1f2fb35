import { type Figure, lightFor, turned } from '../figure.js';
import type { Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Form, Thing } from '../species.js';
import { GLOSS } from './skin.js';
import { tinted } from './tint.js';

/**
 * Draws a body of 100 units that looks to the right with its middle at (0, 0).
 * @param light direction towards the light in the body's own frame, length 1.
 * @param individual seed of what differs between two of a kind: spots, hairs, wear.
 */
export type Drawing = (light: Point, gait: number, individual: number) => Figure;

/** One of a kind at its size and turned to its heading; tint and build differ by the individual, 0 is the type itself. */
export function posed(drawing: Drawing, length: number, headingRad: number, gait: number, individual = 0): Figure {
  const figure = drawing(lightFor(headingRad), gait, individual);
  const along = length / 100;
  const slimness = individual === 0 ? 1 : 0.93 + 0.14 * lattice(individual, 3, 0x51e);
  const across = along * slimness;
  const sized = (svg: string) => `<g transform="scale(${n4(along)} ${n4(across)})">${svg}</g>`;
  const placed = (points: readonly Point[]) => points.map(({ x, y }) => ({ x: x * along, y: y * across }));
  return turned(
    {
      defs: `${GLOSS}${tinted(figure.defs, individual)}`,
      body: sized(tinted(figure.body, individual)),
      silhouette: sized(figure.silhouette),
      outline: placed(figure.outline),
      parts: figure.parts?.map(placed),
      // Curves swing out a little between the places that they pass through.
      reach: placed(figure.reach.map(({ x, y }) => ({ x: x * 1.08, y: y * 1.08 }))),
    },
    headingRad,
  );
}

/** Four decimals: a scale of 0.12 rounded to two would be off by some percent. */
const n4 = (value: number) => String(Math.round(value * 10_000) / 10_000);

/** A form of the catalogue from its facts and its drawing. */
export function formOf(facts: Omit<Form, 'draw'> & { readonly drawing: Drawing }): Form {
  const { drawing, ...form } = facts;
  return {
    ...form,
    draw: (length, headingRad, gait, individual = 0) => posed(drawing, length, headingRad, gait, individual),
  };
}

/** A thing of the catalogue from its facts and its drawing. */
export function thingOf(facts: Omit<Thing, 'draw'> & { readonly drawing: Drawing }): Thing {
  const { drawing, ...thing } = facts;
  return { ...thing, draw: (length, headingRad, individual) => posed(drawing, length, headingRad, 0, individual) };
}
