import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configJsonSchema, configReference, settings } from '../../src/config/reference.js';
import { configSchema } from '../../src/config/schema.js';

const byKey = new Map(settings().map((setting) => [setting.key, setting]));

describe('settings', () => {
  it('names settings of groups and of lists with their type and default', () => {
    expect(byKey.get('cameras[].tiles.overlap')).toMatchObject({ type: 'number, 0 to 0.9', fallback: '-' });
    expect(byKey.get('cameras[].source')).toMatchObject({ type: 'string', fallback: 'required' });
    expect(byKey.get('mqtt.protocolVersion')).toMatchObject({ type: '`4` or `5`', fallback: '4' });
    expect(byKey.get('mqtt.url')).toMatchObject({ type: 'string', fallback: '-' });
    expect(byKey.get('storage.maxPictureBytes')).toMatchObject({ type: 'integer, from 0', fallback: '1000000000' });
    expect(byKey.get('logLevel')).toMatchObject({ type: '`debug`, `info`, `warn`, `error`', fallback: '"info"' });
  });

  it('gives the defaults that an empty file gets', () => {
    const defaults = configSchema.parse({}) as Record<string, unknown>;
    for (const { key, fallback } of settings().filter(({ key }) => !key.includes('[]') && key !== 'cameras')) {
      const value = key.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], defaults);
      expect({ key, fallback }).toEqual({ key, fallback: value === undefined ? '-' : JSON.stringify(value) });
    }
  });
});

describe('configReference', () => {
  it('has a row of four cells a setting', () => {
    const rows = configReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(byKey.size);
    expect(rows.filter((row) => row.split(/(?<!\\)\|/).length !== 6)).toEqual([]);
  });
});

describe('configJsonSchema', () => {
  const ajv = new Ajv2020.default({ strict: false, validateFormats: false });

  it('is valid, takes an empty file and refuses keys that it does not know', () => {
    expect(ajv.validateSchema(configJsonSchema())).toBe(true);
    const validate = ajv.compile(configJsonSchema());
    expect(validate({})).toBe(true);
    expect(validate({ cameras: [{ id: 'one', source: 'sim:leaf' }] })).toBe(true);
    expect(validate({ camera: [] })).toBe(false);
  });
});
