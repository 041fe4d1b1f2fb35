import { z } from 'zod';

const bytes = z.int().min(50_000).max(1e15);

const budget = z.strictObject({
  bytesPerHour: bytes.optional(),
  bytesPerDay: bytes.optional(),
});

/** What a setting that names a secret takes. */
export const SECRET = 'A path, or "credential:<name>" for a systemd credential.';

const CREDENTIAL_NAME = /^(?!\.+$)[\w.-]{1,200}$/;

/** A path, or a credential whose name is that of a file and of nothing else. */
export const secretPlace = z
  .string()
  .min(1)
  .refine(
    (place) => !place.startsWith('credential:') || CREDENTIAL_NAME.test(place.slice('credential:'.length)),
    'the name of a credential has 1 to 200 letters, digits, "_", "." or "-"',
  );

export const mqtt = z.strictObject({
  url: z
    .url({ protocol: /^(mqtt|mqtts|ws|wss)$/, error: 'use mqtt://host:1883, mqtts://host:8883, ws:// or wss://' })
    .refine((url) => /^\w+:\/\/[^/:?#]/.test(url), 'a broker needs a host: mqtt://host:1883')
    .refine((url) => !/\/\/[^/]*@/.test(url), 'no user or password in the URL: use username and passwordFile')
    .optional()
    .describe("The farm's broker. Without it the embedded one is used."),
  protocolVersion: z
    .union([z.literal(4), z.literal(5)])
    .default(4)
    .describe('4 is MQTT 3.1.1, 5 is MQTT 5.'),
  clientId: z.string().max(128).optional().describe('Stable by default: fieldscout-<site>-<node>.'),
  username: z.string().max(1024).optional().describe('With passwordFile, where the broker asks for it.'),
  passwordFile: secretPlace.optional().describe(`A file that holds the password and nothing else. ${SECRET}`),
  caFile: secretPlace.optional().describe(`The broker's certificate authority (PEM). ${SECRET}`),
  certFile: secretPlace.optional().describe(`Client certificate (PEM), with keyFile. ${SECRET}`),
  keyFile: secretPlace.optional().describe(`Key of the client certificate (PEM). ${SECRET}`),
  baseTopic: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'segments of letters, digits, "_" or "-", joined by "/"')
    .default('fieldscout')
    .describe('Topics are <baseTopic>/<site>/<node>/...'),
  maxInFlight: z
    .int()
    .min(1)
    .max(65_535)
    .default(64)
    .describe('Most messages of QoS 1 on their way; fewer where a broker of MQTT 5 asks for fewer.'),
  backlogPerSecond: z
    .number()
    .min(0.1)
    .max(100_000)
    .default(50)
    .describe(
      'Most messages a second of the backlog: what was accepted before the broker was reached. Live ones go beside it.',
    ),
  budget: budget
    .prefault({})
    .describe(
      'For metered links; off by default. Counted are message bytes of the uplink and 64 more for each. A window begins with its ' +
        'first message. Pictures and detections may use half of it, retained state three quarters, events nine tenths; then ' +
        'events wait in the outbox until the window ends.',
    ),
});

export const homeAssistant = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Announces the node to Home Assistant by MQTT discovery; switched off again, it is taken back.'),
  discoveryPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'segments of letters, digits, "_" or "-", joined by "/"')
    .default('homeassistant')
    .describe('As in the MQTT settings of Home Assistant.'),
});
