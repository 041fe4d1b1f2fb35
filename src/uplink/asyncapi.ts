import { z } from 'zod';
import { SCHEMA_VERSION } from './payloads.js';
import { everythingSpoken, type Spoken } from './spoken.js';
import { nodeTopics } from './topics.js';

const PARAMETERS = {
  baseTopic: { description: 'mqtt.baseTopic of the configuration.', default: 'fieldscout' },
  site: { description: 'site.id of the configuration.', default: 'farm' },
  node: { description: 'node of the configuration: one daemon.', default: 'scout' },
  camera: { description: 'The id of a camera.', examples: ['leaf'] },
} as const;

const spoken = everythingSpoken(nodeTopics('{baseTopic}', '{site}', '{node}'), '{camera}');

/** @returns the AsyncAPI 3.0 document of all that a node says and listens to */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Fieldscout node',
      version: `${SCHEMA_VERSION}.0.0`,
      description:
        'What a Fieldscout node says over MQTT, and what can be commanded of it. Readers ignore fields that they do not know; a ' +
        'breaking change takes a new topic level. Messages of QoS 1 may come twice: their ids tell. Events, alerts and gap ' +
        'records come at least once, over restarts and outages too; (bootId, sequence) orders them.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      embedded: {
        host: '127.0.0.1:1883',
        protocol: 'mqtt',
        protocolVersion: '3.1.1',
        description:
          "The node's own broker, for this machine alone unless configured otherwise. Without a password it is read only; who " +
          'logs in with the configured password may publish commands and nothing else.',
      },
    },
    channels: byName(channelObject),
    operations: byName(({ name, action, title, summary, qos, retain }) => ({
      action,
      title,
      summary,
      channel: { $ref: `#/channels/${name}` },
      messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
      bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
    })),
    components: {
      messages: byName(messageObject),
      parameters: PARAMETERS,
    },
  };
}

/** @returns each JSON payload's schema (JSON Schema 2020-12) by the name of its file */
export function payloadSchemas(): ReadonlyMap<string, object> {
  const schemas = new Map<string, object>();
  for (const { payload } of spoken) {
    if (payload === 'jpeg') continue;
    const { id, schema } = bare(payload, 'draft-2020-12');
    schemas.set(`${id}.json`, { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema });
  }
  return schemas;
}

function channelObject({ name, topic, title, qos, retain }: Spoken): object {
  const parameters = Object.keys(PARAMETERS).filter((parameter) => topic.includes(`{${parameter}}`));
  return {
    address: topic,
    title,
    description: `QoS ${qos}, ${retain ? 'retained' : 'not retained'}.`,
    parameters: Object.fromEntries(
      parameters.map((parameter) => [parameter, { $ref: `#/components/parameters/${parameter}` }]),
    ),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  };
}

function messageObject({ name, title, summary, payload }: Spoken): object {
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
    throw new Error('a payload of CHANNELS or COMMANDS has no id');
  return { id, schema };
}

function byName(of: (spoken: Spoken) => object): object {
  return Object.fromEntries(spoken.map((one) => [one.name, of(one)]));
}
