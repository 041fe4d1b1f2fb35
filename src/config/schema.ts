import { z } from 'zod';
import { camera } from './camera-schema.js';
import { homeAssistant, mqtt, SECRET, secretPlace } from './mqtt-schema.js';
import { segment } from './segment-schema.js';
import { storage } from './storage-schema.js';

/**
 * The configuration: validation, types, defaults, the JSON Schema and docs/configuration.md all come from here.
 * Descriptions are written for the person who edits fieldscout.yaml.
 */

const port = z.int().min(1).max(65535);

const timeZone = z.string().refine(isTimeZone, { message: 'not a time zone: use a name like "Europe/Lisbon"' });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // Intl throws RangeError for names that it does not know: that is the answer
  }
}

const site = z.strictObject({
  id: segment.default('farm'),
  name: z.string().max(200).default('My farm').describe('As people say it.'),
  latitude: z.number().min(-90).max(90).optional().describe('Degrees north.'),
  longitude: z.number().min(-180).max(180).optional().describe('Degrees east.'),
  timeZone: timeZone.default('UTC').describe('Whose midnight begins a day of counts, e.g. "Europe/Lisbon".'),
  crop: z.string().max(200).optional().describe('What grows here, e.g. "Vicia faba" or "broad bean".'),
});

const detection = z
  .strictObject({
    minScore: z.number().min(0).max(1).default(0.6).describe('Least calibrated probability of a detection.'),
    sureScore: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'A target is told of in a frame only where one of its detections has at least this probability; those beside it need minScore ' +
          '(hysteresis). So the weaker ones of a colony count, and a weak one alone is no alarm. 0 switches it off.',
      ),
    minSimilarity: z.number().min(-1).max(1).default(-1).describe('Least cosine of a detection; -1 switches it off.'),
    mergeOverlap: z
      .number()
      .min(0.05)
      .max(1)
      .default(0.5)
      .describe(
        'Boxes of one target that share more than this part of the smaller one are one detection. A model whose manifest says centreSampled goes ' +
          'by how near their centres lie instead.',
      ),
    secondLook: z
      .boolean()
      .default(true)
      .describe(
        'Judge a tile that may show something by six views of it: itself, its mirror image and four windows an eighth of its side away. Fewer ' +
          'false alarms and more pests found, as measured with scout-tiny; costs five more tiles for each of them, at most 384 times a frame. A ' +
          'centre-sampled model also looks at finer tiles of the place, at most 1024, of which again at most 384 are judged so: that tells a colony apart.',
      ),
    maxPerFrame: z.int().min(1).max(10_000).default(300).describe('Most detections reported of one frame, best first.'),
  })
  .refine(({ minScore, sureScore }) => sureScore === 0 || sureScore > minScore, {
    path: ['sureScore'],
    message: 'does nothing unless it is above minScore: raise it, lower minScore, or set 0',
  });

const tracking = z.strictObject({
  minOverlap: z.number().min(0.01).max(1).default(0.2).describe('Least IoU by which a detection continues a track.'),
  minDurationMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(1500)
    .describe('A track is announced after this time, so that a drop on the lens is not an insect.'),
  lostAfterMs: z.int().min(0).max(86_400_000).default(5000).describe('A track ends when unseen for this time.'),
  updateEveryMs: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(10_000)
    .describe('Least time between two updates of a track.'),
});

const alert = z.strictObject({
  id: segment,
  target: z.string().min(1).describe('A target id, e.g. "aphid".'),
  camera: segment.optional().describe('One camera only; otherwise each camera on its own.'),
  measure: z.enum(['now', 'hour', 'day']).default('now').describe('Which count is compared.'),
  threshold: z.number().positive().describe('Raised when the count reaches this: the action threshold.'),
  clearBelow: z
    .number()
    .min(0)
    .optional()
    .describe('Cleared when the count falls below this; 80 % of the threshold by default.'),
});

const snapshots = z.strictObject({
  enabled: z.boolean().default(true).describe('Publish a small JPEG of the newest frame with detections.'),
  everyMs: z.int().min(100).max(86_400_000).default(10_000).describe('Least time between two of one camera.'),
  maxBytes: z.int().min(4_000).max(10_000_000).default(60_000).describe('Brokers often refuse more than 64 KB.'),
});

const broker = z.strictObject({
  enabled: z.boolean().default(true).describe('The embedded broker. The page needs it.'),
  host: z.string().default('127.0.0.1').describe('Other than loopback needs username and passwordFile.'),
  port: port.optional().describe('1883 by default, or the next free one; a port set here is used or the start fails.'),
  username: z
    .string()
    .max(1024)
    .optional()
    .describe('What other clients log in with. Who knows the password may also command; without one others only read.'),
  passwordFile: secretPlace.optional().describe(`A file that holds the password and nothing else. ${SECRET}`),
});

const dashboard = z.strictObject({
  enabled: z.boolean().default(true).describe('The page; it needs the embedded broker.'),
  host: z
    .string()
    .default('127.0.0.1')
    .describe('The page has no login: put a reverse proxy with one before it to open it to others.'),
  port: port.optional().describe('8080 by default, or the next free one; a port set here is used or the start fails.'),
  allowedHosts: z
    .array(z.string())
    .default([])
    .describe(
      'Names besides loopback by which browsers reach the page, e.g. "scout.farm.example"; others are refused.',
    ),
});

export const configSchema = z
  .strictObject({
    site: site.prefault({}),
    node: segment.default('scout'),
    model: z
      .string()
      .min(1)
      .default('scout-tiny')
      .describe('A model id as in "fieldscout models list", or a folder in the Hugging Face ONNX layout.'),
    device: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'a profile is named with small letters, digits and "-"')
      .default('auto')
      .describe(
        'The board: a profile of devices/, or "auto", which recognises it and says why. It gives providers, precision and ' +
          'batchSize where these are not set, and the temperatures from which the cameras are slowed down and paused.',
      ),
    providers: z
      .array(z.enum(['tensorrt', 'cuda', 'webgpu', 'cpu']))
      .min(1)
      .optional()
      .describe(
        'Execution providers in order; the first that passes a real inference at start is used. By the device, else cpu.',
      ),
    precision: z
      .enum(['auto', 'fp32', 'fp16', 'int8'])
      .optional()
      .describe('Which variant of the model; auto goes by provider. By the device, else auto.'),
    threads: z
      .int()
      .min(0)
      .max(256)
      .default(0)
      .describe('CPU threads for inference; 0 leaves the choice to onnxruntime.'),
    batchSize: z.int().min(1).max(256).optional().describe('Tiles encoded in one run. By the device, else 16.'),
    cameras: z
      .array(camera)
      .min(1)
      .max(64)
      .default([camera.parse({ id: 'leaf', source: 'sim:leaf', tiles: { scales: [96, 192] } })]),
    detection: detection.prefault({}),
    tracking: tracking.prefault({}),
    alerts: z.array(alert).max(1000).default([]).describe('Action thresholds on counts.'),
    mqtt: mqtt.prefault({}),
    homeAssistant: homeAssistant.prefault({}),
    snapshots: snapshots.prefault({}),
    broker: broker.prefault({}),
    dashboard: dashboard.prefault({}),
    storage: storage.prefault({}),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('Least weight of a line that is logged.'),
  })
  .superRefine((config, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const ids = config.cameras.map(({ id }) => id);
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) < i) fault(['cameras', i, 'id'], `two cameras are called "${id}"`);
    }
    const isPlaced = config.site.latitude !== undefined && config.site.longitude !== undefined;
    for (const [i, { schedule }] of config.cameras.entries()) {
      if (schedule?.sunAboveDegrees !== undefined && !isPlaced)
        fault(
          ['cameras', i, 'schedule', 'sunAboveDegrees'],
          'the sun needs a place: set site.latitude and site.longitude',
        );
    }
    for (const [i, rule] of config.alerts.entries()) {
      if (rule.camera !== undefined && !ids.includes(rule.camera)) {
        fault(['alerts', i, 'camera'], `there is no camera "${rule.camera}"; there is ${ids.join(', ')}`);
      }
      if (rule.clearBelow !== undefined && rule.clearBelow > rule.threshold) {
        fault(['alerts', i, 'clearBelow'], 'must not be above threshold');
      }
      if (config.alerts.findIndex(({ id }) => id === rule.id) < i) {
        fault(['alerts', i, 'id'], `two alerts are called "${rule.id}"`);
      }
    }
    if (!config.broker.enabled && config.mqtt.url === undefined) {
      fault(['broker', 'enabled'], 'without the embedded broker set mqtt.url: otherwise nobody is told');
    }
    if (!config.broker.enabled && config.dashboard.enabled) {
      fault(['broker', 'enabled'], 'the page needs the embedded broker: set dashboard.enabled to false too');
    }
    if ((config.mqtt.certFile === undefined) !== (config.mqtt.keyFile === undefined)) {
      fault(['mqtt'], 'certFile and keyFile go together');
    }
  });

export type Config = z.infer<typeof configSchema>;
