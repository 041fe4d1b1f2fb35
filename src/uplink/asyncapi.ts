import { z } from 'zod';
import { CHANNELS, type Channel, type ChannelName, channelTopic } from './channels.js';
import { SCHEMA_VERSION } from './payloads.js';
import { nodeTopics } from './topics.js';

const TITLES: Readonly<Record<ChannelName, { readonly title: string; readonly summary: string }>> = {
  status: { title: 'Node status', summary: 'On every connect, on a clean stop, and as the will.' },
  health: { title: 'Health', summary: 'Once a minute.' },
  detections: { title: 'Detections', summary: 'One message a frame that was looked at.' },
  snapshot: { title: 'Snapshot', summary: 'A small JPEG of the newest frame with detections, as bytes.' },
  events: { title: 'Events', summary: 'The life of each track: new, update, end.' },
  counts: { title: 'Counts', summary: 'Whenever the counts of a camera change.' },
  cameraStatus: { title: 'Camera status', summary: 'Whenever a camera comes or goes.' },
  alerts: { title: 'Alerts', summary: 'When an action threshold is crossed or left.' },
  gaps: { title: 'Gaps', summary: 'When messages were given up that will never come.' },
};

const PARAMETERS = {
  baseTopic: { description: 'mqtt.baseTopic of the configuration.', default: 'fieldscout' },
  site: { description: 'site.id of the configuration.', default: 'farm' },
  node: { description: 'node of the configuration: one daemon.', default: 'scout' },
  camera: { description: 'The id of a camera.', examples: ['leaf'] },
} as const;

const channelNames = Object.keys(CHANNELS) as ChannelName[];

/** @returns the AsyncAPI 3.0 document of all that a node says */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Fieldscout node',
      version: `${SCHEMA_VERSION}.0.0`,
      description:
        'What a Fieldscout node says over MQTT. Readers ignore fields that they do not know; a breaking change takes a ' +
        'new topic level. Messages of QoS 1 may come twice: their ids tell.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      embedded: {
        host: '127.0.0.1:1883',
        protocol: 'mqtt',
        protocolVersion: '3.1.1',
        description: "The node's own broker: read only, and for this machine alone unless configured otherwise.",
      },
    },
    channels: mapChannels((name, channel) => channelObject(name, channel)),
    operations: mapChannels((name, { qos, retain }) => ({
      action: 'send',
      title: TITLES[name].title,
      summary: TITLES[name].summary,
      channel: { $ref: `#/channels/${name}` },
      messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
      bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
    })),
    components: {
      messages: mapChannels((name, channel) => messageObject(name, channel)),
      parameters: PARAMETERS,
    },
  };
}

/** @returns each JSON payload's schema (JSON Schema 2020-12) by the name of its file */
export function payloadSchemas(): ReadonlyMap<string, object> {
  const schemas = new Map<string, object>();
  for (const { payload } of Object.values(CHANNELS) as Channel[]) {
    if (payload === 'jpeg') continue;
    const { id, schema } = bare(payload, 'draft-2020-12');
    schemas.set(`${id}.json`, { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema });
  }
  return schemas;
}

function channelObject(name: ChannelName, { qos, retain }: Channel): object {
  const address = channelTopic(name, nodeTopics('{baseTopic}', '{site}', '{node}'), '{camera}');
  const parameters = Object.keys(PARAMETERS).filter((parameter) => address.includes(`{${parameter}}`));
  return {
    address,
    title: TITLES[name].title,
    description: `QoS ${qos}, ${retain ? 'retained' : 'not retained'}.`,
    parameters: Object.fromEntries(
      parameters.map((parameter) => [parameter, { $ref: `#/components/parameters/${parameter}` }]),
    ),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  };
}

function messageObject(name: ChannelName, { payload }: Channel): object {
  const { title, summary } = TITLES[name];
  if (payload === 'jpeg') return { name, title, summary, contentType: 'image/jpeg' };
  const { schema } = bare(payload, 'draft-7');
  return { name, title, summary, contentType: 'application/json', payload: schema };
}

/** A payload's id and its schema; zod gives a schema that has an id as a reference into its own definitions. */
function bare(
  payload: z.ZodType,
  target: 'draft-7' | 'draft-2020-12',
): { readonly id: string; readonly schema: object } {
  const { id } = payload.meta() ?? {};
  const { $defs, definitions } = z.toJSONSchema(payload, { target, io: 'input' });
  const schema = new Map<string, unknown>(Object.entries($defs ?? definitions ?? {})).get(id ?? '');
  if (id === undefined || typeof schema !== 'object' || schema === null)
    throw new Error('a payload of CHANNELS has no id');
  return { id, schema };
}

function mapChannels(of: (name: ChannelName, channel: Channel) => object): object {
  return Object.fromEntries(channelNames.map((name) => [name, of(name, CHANNELS[name])]));
}
