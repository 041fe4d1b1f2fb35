import { z } from 'zod';

const bytes = (most: number, what: string) =>
  z.int().min(0).default(most).describe(`${what} beyond this: the oldest are deleted.`);

const days = (what: string) =>
  z
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe(`${what} older than this are deleted, unless the clock is known to be wrong; 0 switches it off.`);

/** Where the node keeps what outlives a restart, and how much of it. Descriptions are for the person who edits fieldscout.yaml. */
export const storage = z.strictObject({
  dir: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where the node keeps its state, relative to the configuration; fieldscout-data by default (as a systemd service in ' +
        '/var/lib/fieldscout), or fieldscout-data-2 and so on where another node has it. A folder set here is used or the start fails.',
    ),
  maxPictureBytes: z.int().min(0).default(1_000_000_000).describe('Kept pictures beyond this: the oldest are deleted.'),
  maxPictureDays: days('Kept pictures'),
  maxEmbeddingBytes: bytes(200_000_000, 'Embeddings of kept crops'),
  maxEmbeddingDays: days('Embeddings of kept crops'),
  maxDetectionBytes: bytes(1_000_000_000, 'Journalled frames with their detections'),
  maxDetectionDays: days('Journalled frames with their detections'),
  maxEventBytes: bytes(500_000_000, 'Journalled events and alerts that were delivered'),
  maxEventDays: days('Journalled events and alerts that were delivered'),
  maxOutboxBytes: z
    .int()
    .min(100_000)
    .default(500_000_000)
    .describe(
      'What waits for the broker beyond this is given up, counted, and named on the gaps topic: the oldest updates first, then news and ' +
        'ends, alerts last.',
    ),
  maxOutboxDays: z
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('What has waited for the broker longer is given up in the same way; 0 switches it off.'),
  minFreeBytes: z
    .int()
    .min(0)
    .default(200_000_000)
    .describe('With less free on the disk no more pictures are kept; events go on.'),
});
