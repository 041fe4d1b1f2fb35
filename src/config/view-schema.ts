import { z } from 'zod';

const share = z.number().min(0).max(1);
const sharePoint = z.tuple([share, share]);

/** What of a camera's picture is looked at. Descriptions are for the person who edits fieldscout.yaml. */
export const rotate = z
  .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)])
  .default(0)
  .describe('Degrees clockwise by which each picture is turned, where the camera hangs on its side.');

export const crop = z
  .strictObject({
    x: z.number().min(0).max(30_000),
    y: z.number().min(0).max(30_000),
    width: z.number().positive().max(30_000),
    height: z.number().positive().max(30_000),
    unit: z.enum(['share', 'px']).default('share').describe('share: 0 to 1 of the turned picture; px: its pixels.'),
  })
  .refine(({ unit, x, y, width, height }) => unit === 'px' || (x + width <= 1.000001 && y + height <= 1.000001), {
    message: 'in shares x + width and y + height are at most 1; for pixels set "unit: px"',
  });

const rectangle = z
  .strictObject({ x: share, y: share, width: share.positive(), height: share.positive() })
  .describe('x, y, width, height');

export const masks = z
  .array(z.union([rectangle, z.array(sharePoint).min(3).max(100)]))
  .max(100)
  .default([])
  .describe(
    "Regions that are never looked at, shown or kept, e.g. the neighbour's house or a printed tag: rectangles {x, y, width, height} or polygons " +
      '[[x, y], ...], in shares (0 to 1) of the turned and cut picture.',
  );

export const pictureChecks = z.strictObject({
  black: z.boolean().default(true).describe('Pictures that are black all over are not looked at.'),
  green: z
    .boolean()
    .default(true)
    .describe('Pictures of which half has the green of a decoder without data are not looked at.'),
  frozen: z
    .boolean()
    .default(true)
    .describe('Pictures that do not change any more are not looked at; of cameras that send live pictures.'),
  frozenFrames: z.int().min(1).max(100_000).default(10).describe('Frozen are so many repeats, and ...'),
  frozenAfterMs: z.int().min(1_000).max(86_400_000).default(60_000).describe('... more than so long.'),
});
