import { z } from 'zod';

/** A name that becomes a part of MQTT topics. */
export const segment = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'use 1 to 64 letters, digits, "_" or "-": it becomes part of MQTT topics')
  .describe('Becomes a part of MQTT topics: letters, digits, "_" and "-".');
