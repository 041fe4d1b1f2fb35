import { z } from 'zod';
import { clock, instant, order, schema } from './payloads.js';

export const clockPayload = z
  .object({
    schema,
    id: z.string().describe('Unique for ever: a second message with this id is a copy.'),
    at: instant.describe('By the clock as it was set.'),
    clock,
    offsetMs: z
      .int()
      .describe(
        'So much more the clock shows from here on. What the same run said before (a smaller sequence) keeps its times; added to ' +
          'them, this tells them by the clock as it was set. Only what was said within a second of it may lie on either side.',
      ),
    ...order,
  })
  .meta({ id: 'clock', title: 'Clock set', description: "The node's clock was set, and by how much." });

export type ClockPayload = z.infer<typeof clockPayload>;
/** As the node makes it: its place among the others is known when the outbox has accepted it. */
export type ClockContent = Omit<ClockPayload, keyof typeof order>;
