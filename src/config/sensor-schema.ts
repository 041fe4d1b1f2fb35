import { z } from 'zod';

/** What cameras at the board itself can be told: numbers within bounds and one of few words, nothing else. */
export const sensor = z
  .strictObject({
    widthPx: z.int().min(16).max(16_384).optional(),
    heightPx: z.int().min(16).max(16_384).optional(),
    framesPerSecond: z.number().min(1).max(240).optional(),
    exposureUs: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe('Fixed, in microseconds; measured by the camera otherwise.'),
    gain: z.number().min(1).max(1000).optional().describe('Fixed amplification; chosen by the camera otherwise.'),
    focus: z.enum(['auto', 'continuous']).optional().describe('Where the lens has a motor.'),
    focusDioptres: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('Fixed focus: 1 / distance in metres, e.g. 10 for 10 cm.'),
  })
  .refine(({ widthPx, heightPx }) => (widthPx === undefined) === (heightPx === undefined), {
    message: 'widthPx and heightPx go together',
  })
  .refine(({ focus, focusDioptres }) => focus === undefined || focusDioptres === undefined, {
    message: 'set focus or focusDioptres, not both',
  });
