import { Cron } from 'croner';
import { z } from 'zod';

/** When a camera works. Descriptions are for the person who edits fieldscout.yaml. */
export const schedule = z
  .strictObject({
    sunAboveDegrees: z
      .number()
      .min(-18)
      .max(60)
      .optional()
      .describe(
        'Pictures only while the sun stands higher: 0 from sunrise to sunset, -6 in civil twilight too, 10 without the long shadows. ' +
          'Needs site.latitude and site.longitude.',
      ),
    cron: z
      .string()
      .max(200)
      .refine(isCron, { message: 'not a cron pattern that ever comes: use one like "*/15 6-20 * * *"' })
      .optional()
      .describe(
        'Moments at which pictures are taken, e.g. "*/15 * * * *", in site.timeZone; the camera sleeps between.',
      ),
    burst: z
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe(
        'Pictures at each moment of cron, intervalMs apart. A pest is counted when one shows it again, tracking.minDurationMs after the first.',
      ),
  })
  .refine(({ sunAboveDegrees, cron }) => sunAboveDegrees !== undefined || cron !== undefined, {
    message: 'set sunAboveDegrees, cron or both',
  });

function isCron(pattern: string): boolean {
  try {
    return new Cron(pattern).nextRun() !== null;
  } catch {
    return false; // Cron throws for what it cannot read: that is the answer
  }
}
