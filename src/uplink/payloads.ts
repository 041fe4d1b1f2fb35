import { z } from 'zod';

/**
 * What is said on each topic. These schemas are the one source of the TypeScript types, of docs/schemas/*.json and of
 * docs/asyncapi.yaml. Readers ignore fields that they do not know; a breaking change takes a new topic level.
 */
export const SCHEMA_VERSION = 1;

export const schema = z.literal(SCHEMA_VERSION).describe('Version of this payload.');
export const instant = z.iso.datetime({ precision: 3 }).describe('UTC, as the node knew the time.');
export const clock = z
  .enum(['synchronised', 'unsynchronised', 'unknown'])
  .describe('How far the node could trust its clock.');
const score = z.number().min(0).max(1).nullable().describe('Calibrated probability; null where nothing competed.');
const provider = z.enum(['tensorrt', 'cuda', 'webgpu', 'cpu']).describe('The execution provider that truly ran.');

/** What the outbox and the sender know of a message that must not be lost. */
export const order = {
  bootId: z.string().describe('The run of the daemon that accepted it.'),
  sequence: z
    .int()
    .positive()
    .describe(
      'Grows with each event, alert, gap and clock record of this node, over restarts too, and is never used again: it orders them ' +
        'whatever lane they came by. Numbers that are missing for good are named by gap records.',
    ),
  historical: z
    .boolean()
    .describe(
      'The lane: true where it was accepted before the connection over which it comes was ready, in an earlier run of the daemon ' +
        'too (backlog, oldest first, at a bounded rate); false where it was accepted after that (live). Within a lane the first ' +
        'copies of what one camera says are in the order of sequence; over both lanes sort by sequence. A copy that is sent ' +
        'again after a lost connection is historical, with the id and the sequence of the first.',
    ),
};

const box = z
  .object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() })
  .describe('Frame pixels from the left upper corner.');

const frame = z.object({
  id: z.string(),
  origin: z.string().describe('File, URL without credentials, or scene that it came from.'),
  capturedAt: instant,
  clock,
  width: z.int().positive(),
  height: z.int().positive(),
});

const fingerprint = z
  .object({
    model: z.object({ id: z.string(), sha256: z.string() }),
    promptSet: z.object({ id: z.string(), hash: z.string() }),
    calibration: z.object({
      kind: z.enum(['clip', 'siglip']),
      logitScale: z.number(),
      logitBias: z.number(),
      origin: z.enum(['manifest', 'assumed']),
    }),
    provider,
  })
  .describe('What every number of this payload can be traced to.');

const detection = z.object({
  target: z.string(),
  prompt: z.string().describe("The target's prompt that lies nearest to the picture."),
  score,
  similarity: z.number().min(-1).max(1).describe('Cosine of picture and target.'),
  box,
  scale: z.number().positive().describe('Side of the tile in frame pixels.'),
});

export const detectionsPayload = z
  .object({
    schema,
    camera: z.string(),
    frame,
    fingerprint,
    tiles: z.int().nonnegative(),
    timingsMs: z.object({
      decode: z.number(),
      tile: z.number(),
      encode: z.number(),
      score: z.number(),
      total: z.number(),
    }),
    detections: z.array(detection),
  })
  .meta({ id: 'detections', title: 'Detections', description: 'One message a frame that was looked at.' });

const track = z.object({
  id: z.string(),
  camera: z.string(),
  target: z.string(),
  firstSeen: instant,
  lastSeen: instant,
  hits: z.int().positive().describe('Frames in which it was detected.'),
  best: detection.describe('The detection with the highest score so far.'),
  latest: detection,
});

export const eventPayload = z
  .object({
    schema,
    id: z.string().describe('Unique for ever: a second message with this id is a copy.'),
    type: z.enum(['new', 'update', 'end']),
    camera: z.string(),
    at: instant,
    clock,
    fingerprint,
    before: track.nullable(),
    after: track,
    ...order,
  })
  .meta({ id: 'event', title: 'Event', description: 'The life of one track: new, update, end.' });

export const countsPayload = z
  .object({
    schema,
    camera: z.string(),
    at: instant,
    clock,
    timeZone: z.string().describe('Whose midnight begins the day.'),
    counts: z.array(
      z.object({
        target: z.string(),
        now: z.int().nonnegative().describe('Live tracks.'),
        hour: z.int().nonnegative().describe('Tracks that began in the last 60 minutes.'),
        day: z.int().nonnegative().describe('Tracks that began since midnight at the site.'),
      }),
    ),
  })
  .meta({ id: 'counts', title: 'Counts', description: 'Per target: now, per hour, per day.' });

export const cameraStatusPayload = z
  .object({ schema, state: z.enum(['online', 'offline', 'disabled']), since: instant, reason: z.string().nullable() })
  .meta({
    id: 'camera-status',
    title: 'Camera status',
    description:
      'Whether the camera gives frames, and since when; disabled while it is paused or sleeps by its schedule.',
  });

export const statusPayload = z
  .object({
    schema,
    state: z.enum(['online', 'offline', 'stopped']).describe('offline is the will; stopped is a clean stop.'),
    at: instant.nullable().describe('null in the will, which was written beforehand.'),
    version: z.string(),
  })
  .meta({ id: 'status', title: 'Node status', description: 'Whether the node is there.' });

const budgetWindow = z.object({
  limitBytes: z.int().positive(),
  usedBytes: z.int().nonnegative(),
  until: instant.describe('When it begins anew.'),
});

export const healthPayload = z
  .object({
    schema,
    at: instant,
    clock,
    version: z.string(),
    bootId: z.string(),
    uptimeS: z.number().nonnegative(),
    site: z.object({
      id: z.string(),
      name: z.string(),
      latitude: z.number().nullable(),
      longitude: z.number().nullable(),
      timeZone: z.string(),
      crop: z.string().nullable(),
    }),
    model: z.object({ id: z.string(), sha256: z.string(), precision: z.enum(['fp32', 'fp16', 'int8']) }),
    provider,
    memory: z.object({ rssBytes: z.int(), freeBytes: z.int(), totalBytes: z.int() }),
    disk: z.object({ freeBytes: z.int(), totalBytes: z.int() }).nullable(),
    temperaturesC: z.record(z.string(), z.number()).describe('By thermal zone; empty where the board tells none.'),
    board: z
      .object({
        gpuLoad: z.number().min(0).nullable().describe('Share of the GPU that works, 0 to 1.'),
        powerMw: z.record(z.string(), z.number()).describe('Milliwatts by rail.'),
        throttling: z.array(z.string()).describe('Why the board slows itself down now.'),
      })
      .describe('What the system tells of the board besides; null or empty where it tells nothing.'),
    uplink: z.object({
      state: z.enum(['connecting', 'connected', 'offline']),
      reason: z.string().nullable(),
      queued: z.int().nonnegative().describe('State in memory waiting to be sent, and all that waits for an answer.'),
      dropped: z
        .record(z.string(), z.int())
        .describe('Messages given up since the start, by reason; the outbox apart.'),
      unwritten: z.int().nonnegative().describe('Events, alerts and gap records that the disk has not taken yet.'),
      outbox: z
        .object({
          waiting: z
            .int()
            .nonnegative()
            .describe('Events, alerts and gap records that the broker has not acknowledged.'),
          bytes: z.int().nonnegative(),
          oldestAt: instant.nullable().describe('When the oldest of them was accepted.'),
          dropped: z.record(z.string(), z.int()).describe('Given up for good, by reason; gap records name them.'),
        })
        .describe(
          'What is on the disk until the broker of the uplink has it; as last known where the disk cannot be read.',
        ),
      budget: z
        .object({
          hour: budgetWindow.nullable(),
          day: budgetWindow.nullable(),
          eventsWaitUntil: instant.nullable().describe('The budget is used up until then; null where events may go.'),
        })
        .nullable()
        .describe('mqtt.budget; null where none is set.'),
    }),
    cameras: z.array(
      z.object({
        id: z.string(),
        state: z.enum(['online', 'offline', 'disabled']),
        picture: z
          .enum(['good', 'black', 'green', 'frozen', 'outside', 'masked', 'unreadable', 'too-large'])
          .nullable()
          .describe('The newest picture; all but good are dropped and make the camera offline. Null before the first.'),
        promptSet: z.object({ id: z.string(), hash: z.string() }),
        trapType: z.string().nullable(),
        plantsInView: z.int().nullable(),
        mmPerPixel: z.number().nullable(),
        framesLookedAt: z.int(),
        framesDropped: z.record(z.string(), z.int()).describe('By reason.'),
        lastFrameAt: instant.nullable(),
      }),
    ),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'health', title: 'Health', description: 'Once a minute: how the node fares.' });

export const alertPayload = z
  .object({
    schema,
    id: z.string(),
    rule: z.string().describe('The id that the configuration gives it.'),
    state: z.enum(['raised', 'cleared']),
    at: instant,
    clock,
    camera: z.string(),
    target: z.string(),
    measure: z.enum(['now', 'hour', 'day']),
    value: z.number().nullable().describe('null: cleared because nobody looks for the target any more.'),
    threshold: z.number(),
    fingerprint,
    ...order,
  })
  .meta({
    id: 'alert',
    title: 'Alert',
    description: 'An action threshold crossed or left, with the numbers behind it.',
  });

export const gapPayload = z
  .object({
    schema,
    id: z.string().describe('Unique for ever: a second message with this id is a copy.'),
    at: instant,
    reason: z
      .string()
      .describe(
        'outbox-full, refused, too-large, expired, unreadable, damaged, or storage where the disk took nothing and memory was full.',
      ),
    count: z.int().positive().describe('Messages that will never come.'),
    kinds: z
      .record(z.string(), z.int().positive())
      .describe('How many of each kind: new, update, end, alert, clock; unknown where the disk was damaged.'),
    cameras: z.array(z.string()).describe('Whose they were.'),
    firstSequence: z.int().positive().nullable().describe('The first that is missing; null where none was given.'),
    lastSequence: z
      .int()
      .positive()
      .nullable()
      .describe('The last that is missing; between them others may have come.'),
    from: instant.describe('When the first of them was accepted, or would have been.'),
    to: instant.describe('When the last of them was.'),
    ...order,
  })
  .meta({ id: 'gap', title: 'Gap', description: 'Messages that were given up and will never come, counted.' });

export type DetectionsPayload = z.infer<typeof detectionsPayload>;
export type EventPayload = z.infer<typeof eventPayload>;
/** As a stage makes it: its place among the others is known when the outbox has accepted it. */
export type EventContent = Omit<EventPayload, keyof typeof order>;
export type CountsPayload = z.infer<typeof countsPayload>;
export type CameraStatusPayload = z.infer<typeof cameraStatusPayload>;
export type StatusPayload = z.infer<typeof statusPayload>;
export type HealthPayload = z.infer<typeof healthPayload>;
export type AlertPayload = z.infer<typeof alertPayload>;
export type AlertContent = Omit<AlertPayload, keyof typeof order>;
export type GapPayload = z.infer<typeof gapPayload>;
export type GapContent = Omit<GapPayload, keyof typeof order>;
