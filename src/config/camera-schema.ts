import { z } from 'zod';
import { schedule } from './schedule-schema.js';
import { segment } from './segment-schema.js';
import { sensor } from './sensor-schema.js';
import { crop, masks, pictureChecks, rotate } from './view-schema.js';

const tiles = z.strictObject({
  scales: z
    .array(z.int().min(32).max(8192))
    .min(1)
    .max(6)
    .default([224, 448, 896])
    .describe('Tile sides in frame pixels. Scales larger than the frame are left out.'),
  overlap: z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe(
      'Share of a tile that its neighbour covers too. 0.2 where it is not set; 0.5 with a model whose manifest says centreSampled, as that of scout-tiny.',
    ),
  wholeFrame: z.boolean().default(true).describe('Also look at squares that together cover the whole frame.'),
});

const settings = z.strictObject({
  id: segment,
  source: z
    .string()
    .min(1)
    .max(2000)
    .describe(
      '"sim:leaf", a simulated scene (or crop-row, sticky-trap, light-trap, flower-strip; with "?condition=dusk&seed=3&empty" ' +
        'behind it if you like, see "fieldscout sim --list"), "folder:/path" (the pictures that are there, then new ones as they come; after a restart those that came ' +
        'meanwhile), "folder-loop:/path", "http://host/path" (stills or MJPEG), "rtsp://host/path", "video:/file", "video-loop:/file", ' +
        '"v4l2:/dev/video0", "argus:0" or "libcamera:0".',
    ),
  sensor: sensor.prefault({}).describe('Of v4l2, argus and libcamera: what the camera itself is told.'),
  rotate,
  crop: crop
    .optional()
    .describe('The part that is looked at; after turning. Boxes and sizes in payloads are of what is left.'),
  masks,
  pictureChecks: pictureChecks.prefault({}),
  intervalMs: z.int().min(10).max(86_400_000).default(1000).describe('Time between two frames.'),
  schedule: schedule.optional().describe('When the camera works; always without it.'),
  prompts: z
    .array(z.string().min(1))
    .min(1)
    .default(['insects/aphids', 'insects/beetles-and-weevils', 'insects/caterpillars'])
    .describe(
      'Prompt sets: ids as in "fieldscout prompts list", or paths of YAML files. Several are looked for together.',
    ),
  tiles: tiles.prefault({}),
  mmPerPixel: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe('Millimetres on the plant that one frame pixel covers.'),
  plantsInView: z.int().min(1).max(1_000_000).optional().describe('Plants that the camera sees, for densities.'),
  trapType: z
    .string()
    .max(100)
    .optional()
    .describe('If the camera looks at a trap: "yellow sticky", "delta", "light"...'),
  keepPictures: z
    .enum(['none', 'detections', 'all'])
    .default('detections')
    .describe(
      'What may be kept on disk: nothing, the crops of detections, or whole frames too. With none, no snapshots are published either.',
    ),
});

/** Kinds that take settings of the sensor, and of those what a kind cannot. */
const SENSOR_KINDS = ['v4l2', 'argus', 'libcamera'];
const WITHOUT_FOCUS = ['argus'];
/** Kinds whose pictures were made before. */
const RECORDED = ['folder', 'folder-loop', 'video', 'video-loop'];

/** One camera: where its pictures come from, and how they are looked at. Descriptions are for the person who edits fieldscout.yaml. */
export const camera = settings.superRefine(({ source, sensor: wanted, schedule: hours }, context) => {
  const kind = source.split(':')[0] ?? '';
  if (hours && RECORDED.includes(kind))
    context.addIssue({
      code: 'custom',
      path: ['schedule'],
      message: `a "${kind}:" camera takes no pictures itself: it has no schedule`,
    });
  const refuse = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['sensor', name], message });
  const [first, ...others] = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (first !== undefined && !SENSOR_KINDS.includes(kind))
    refuse(
      first,
      `a "${kind}:" camera takes no settings of the sensor: set them in the camera itself; only ${SENSOR_KINDS.join(', ')} do`,
    );
  for (const name of [first, ...others].filter((each) => each === 'focus' || each === 'focusDioptres'))
    if (WITHOUT_FOCUS.includes(kind))
      refuse(name, `an "${kind}:" camera has no focus that could be set: leave it out and focus the lens by hand`);
});

export type CameraConfig = z.infer<typeof camera>;
