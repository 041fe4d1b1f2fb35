import { z } from 'zod';

/** What `devices/*.yaml` hold: how a board is recognised and what suits it. Every number names its unit in the key. */

const text = z.string().min(1).max(500);
const pattern = text.superRefine((value, context) => {
  try {
    new RegExp(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `it is no regular expression (${(error as Error).message})` });
  }
});
const celsius = z.number().min(20).max(120);

/** All that is given must hold; a profile without any is the last resort of its architecture. */
const recognition = z.strictObject({
  architecture: z.enum(['arm64', 'x64']).describe("Node's name of it."),
  model: pattern.optional().describe('Regular expression over /proc/device-tree/model.'),
  compatible: pattern.optional().describe('Regular expression over one entry of /proc/device-tree/compatible.'),
  l4tMajor: z
    .int()
    .min(32)
    .max(99)
    .optional()
    .describe('R<n> of /etc/nv_tegra_release: 35 is JetPack 5, 36 JetPack 6.'),
  minMemoryMiB: z.int().min(0).optional().describe('Least memory that Linux sees.'),
  maxMemoryMiB: z.int().min(1).optional(),
  nvidiaGpu: z.boolean().optional().describe('Whether /proc/driver/nvidia/version is there.'),
});

const thermal = z
  .strictObject({
    zones: z.array(text).default([]).describe('Thermal zones that count; all where none is named.'),
    slowAtC: celsius.describe('From here the time between frames grows by slowFactor.'),
    pauseAtC: celsius.describe('From here no frame is taken.'),
    resumeBelowC: celsius.describe('Below this the full pace comes back.'),
    slowFactor: z.number().min(1.5).max(20).default(4),
    basis: text.describe('Where the numbers come from.'),
  })
  .refine(({ resumeBelowC, slowAtC, pauseAtC }) => resumeBelowC < slowAtC && slowAtC < pauseAtC, {
    message: 'must hold: resumeBelowC < slowAtC < pauseAtC',
  });

const measurement = z.strictObject({ what: text, value: text, by: text, date: z.iso.date() });

export const deviceProfileSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'small letters, digits and "-"'),
  name: text,
  recognise: recognition,
  providers: z.array(z.enum(['tensorrt', 'cuda', 'webgpu', 'cpu'])).min(1),
  precision: z.enum(['auto', 'fp32', 'fp16', 'int8']),
  batchSize: z.int().min(1).max(256),
  camera: z
    .strictObject({
      kinds: z.array(text).min(1).describe('Sources that suit the board, best first.'),
      jpegDecode: z.array(text).default([]).describe('GStreamer elements, best first.'),
      h264Decode: z.array(text).default([]),
      h265Decode: z.array(text).default([]),
      convert: z.array(text).default([]),
      basis: text.describe('Where the elements come from, and whether they were tried.'),
    })
    .describe('Elements of GStreamer that use the board, for whoever builds the pipeline.'),
  memory: z.strictObject({
    budgetMiB: z.int().min(128).describe('What the whole node should stay within; told to people, enforced by nobody.'),
    basis: text.describe('Where the number comes from.'),
  }),
  thermal,
  powerModes: z.array(z.strictObject({ name: text, how: text, note: text.optional() })).default([]),
  notes: z.array(z.string().min(1).max(1000)).default([]),
  measured: z
    .union([z.literal('not measured'), z.array(measurement).min(1)])
    .describe('What was measured on this board and by whom, or "not measured".'),
});

export type DeviceProfile = z.infer<typeof deviceProfileSchema>;
