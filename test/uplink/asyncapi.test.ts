import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument, payloadSchemas } from '../../src/uplink/asyncapi.js';
import {
  alertSample,
  cameraStatusSample,
  clockSample,
  countsSample,
  detectionsSample,
  eventSample,
  gapSample,
  healthSample,
} from '../support/payloads.js';

interface AsyncApi {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, { address: string; parameters: object }>>;
  readonly operations: Readonly<
    Record<string, { action: string; bindings: { mqtt: { qos: number; retain: boolean } } }>
  >;
}

/** Every `$ref` below a value. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (key === '$ref' ? [String(child)] : references(child)));
}

function resolve(document: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], document);
}

const commandRows = (thing: string, parameters: string) => [
  ['receive', `${thing}/set`, parameters, 1, false],
  ['send', `${thing}/state`, parameters, 1, true],
  ['send', `${thing}/error`, parameters, 1, false],
];

const document = asyncApiDocument() as AsyncApi;

describe('asyncApiDocument', () => {
  it('names every topic with its parameters, QoS and whether it is retained', () => {
    const rows = Object.entries(document.channels).map(([name, { address, parameters }]) => {
      const operation = document.operations[name];
      const { qos, retain } = operation?.bindings.mqtt ?? {};
      return [operation?.action, address, Object.keys(parameters).join(), qos, retain];
    });
    const base = '{baseTopic}/{site}/{node}';
    const camera = `${base}/cameras/{camera}`;
    expect(document.asyncapi).toBe('3.0.0');
    expect(rows).toEqual([
      ['send', `${base}/status`, 'baseTopic,site,node', 1, true],
      ['send', `${base}/health`, 'baseTopic,site,node', 1, true],
      ['send', `${camera}/detections`, 'baseTopic,site,node,camera', 0, false],
      ['send', `${camera}/snapshot`, 'baseTopic,site,node,camera', 0, false],
      ['send', `${camera}/events`, 'baseTopic,site,node,camera', 1, false],
      ['send', `${camera}/counts`, 'baseTopic,site,node,camera', 1, true],
      ['send', `${camera}/status`, 'baseTopic,site,node,camera', 1, true],
      ['send', `${base}/alerts`, 'baseTopic,site,node', 1, true],
      ['send', `${base}/gaps`, 'baseTopic,site,node', 1, false],
      ['send', `${base}/clock`, 'baseTopic,site,node', 1, false],
      ...commandRows(`${base}/health`, 'baseTopic,site,node'),
      ...['running', 'prompts', 'threshold', 'capture'].flatMap((thing) =>
        commandRows(`${camera}/${thing}`, 'baseTopic,site,node,camera'),
      ),
    ]);
  });

  it('refers to nothing that is not there', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter((reference) => resolve(document, reference) === undefined)).toEqual([]);
  });
});

describe('payloadSchemas', () => {
  const schemas = payloadSchemas();
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false });

  it('has one schema of JSON Schema 2020-12 a payload, each valid', () => {
    expect([...schemas.keys()].sort()).toEqual(
      [
        ...[
          'alert',
          'camera-status',
          'capture-command',
          'capture-state',
          'clock',
          'command-error',
          'counts',
          'detections',
        ],
        ...['event', 'gap', 'health', 'health-command', 'health-state', 'prompts-command', 'prompts-state'],
        ...['running-command', 'running-state', 'status', 'threshold-command', 'threshold-state'],
      ]
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const [name, schema] of schemas) {
      expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
      expect({ name, valid: ajv.validateSchema(schema) }).toEqual({ name, valid: true });
    }
  });

  it.each([
    ['detections.json', detectionsSample],
    ['event.json', eventSample('e')],
    ['counts.json', countsSample(1)],
    ['camera-status.json', cameraStatusSample],
    ['alert.json', alertSample],
    ['health.json', healthSample],
    ['gap.json', gapSample],
    ['clock.json', clockSample],
  ])('%s takes what a node says, with fields added later, and refuses another version', (name, payload) => {
    const validate = ajv.compile(schemas.get(name) ?? false);
    expect(validate(payload)).toBe(true);
    expect(validate({ ...payload, later: true })).toBe(true);
    expect(validate({ ...payload, schema: 2 })).toBe(false);
  });
});
