import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/uplink/read-command.js';
import { commandAddress, nodeTopics } from '../../src/uplink/topics.js';

const topics = nodeTopics('fieldscout', 'farm', 'scout');
const base = 'fieldscout/farm/scout';

function read(thing: string, body: string | Buffer, retain = false) {
  const address = commandAddress(`${base}/${thing}/set`, topics);
  if (!address) throw new Error(`no such thing: ${thing}`);
  return readCommand(address, { topic: address.thing.set, body: Buffer.from(body), retain });
}

describe('commandAddress', () => {
  it('knows the things of a node and of a camera, whether there is such a camera or not', () => {
    expect(commandAddress(`${base}/health/set`, topics)).toEqual({ kind: 'health', thing: topics.healthRequest });
    expect(commandAddress(`${base}/cameras/any-1/capture/set`, topics)).toMatchObject({
      kind: 'capture',
      camera: 'any-1',
      thing: { state: `${base}/cameras/any-1/capture/state`, error: `${base}/cameras/any-1/capture/error` },
    });
  });

  it.each([
    `${base}/cameras/leaf/running`,
    `${base}/cameras/leaf/running/state`,
    `${base}/cameras/leaf/colour/set`,
    `${base}/cameras//running/set`,
    `${base}/cameras/../running/set`,
    `${base}/cameras/leaf/running/set/more`,
    `${base}/status/set`,
    'fieldscout/farm/other/health/set',
    `${base}/cameras/${'a'.repeat(65)}/running/set`,
  ])('knows no command on %s', (topic) => {
    expect(commandAddress(topic, topics)).toBeUndefined();
  });
});

describe('readCommand', () => {
  it.each([
    ['cameras/leaf/running', 'ON', { id: null, command: { kind: 'running', camera: 'leaf', isOn: true } }],
    ['cameras/leaf/running', ' OFF\n', { id: null, command: { kind: 'running', camera: 'leaf', isOn: false } }],
    ['cameras/leaf/running', '"OFF"', { id: null, command: { kind: 'running', camera: 'leaf', isOn: false } }],
    [
      'cameras/leaf/running',
      '{"id":"a","value":"OFF"}',
      { id: 'a', command: { kind: 'running', camera: 'leaf', isOn: false } },
    ],
    ['cameras/leaf/threshold', '0.7', { id: null, command: { kind: 'threshold', camera: 'leaf', minScore: 0.7 } }],
    ['cameras/leaf/threshold', 'null', { id: null, command: { kind: 'threshold', camera: 'leaf', minScore: null } }],
    [
      'cameras/leaf/threshold',
      '{"value":null,"id":"b"}',
      { id: 'b', command: { kind: 'threshold', camera: 'leaf', minScore: null } },
    ],
    [
      'cameras/leaf/prompts',
      '{"set":"insects/aphids","value":"OFF"}',
      { id: null, command: { kind: 'prompts', camera: 'leaf', set: 'insects/aphids', isOn: false } },
    ],
    ['cameras/leaf/capture', 'ON', { id: null, command: { kind: 'capture', camera: 'leaf' } }],
    ['cameras/leaf/capture', '{"id":"c"}', { id: 'c', command: { kind: 'capture', camera: 'leaf' } }],
    ['health', '{}', { id: null, command: { kind: 'health' } }],
  ])('%s %s', (thing, body, expected) => {
    expect(read(thing, body)).toEqual(expected);
  });

  it.each([
    ['cameras/leaf/running', 'MAYBE', null, 'neither JSON nor ON or OFF'],
    ['cameras/leaf/running', '{"id":"x","value":"on"}', 'x', /^value: /],
    ['cameras/leaf/running', '{"id":"x","value":"ON","later":1}', 'x', /later/],
    ['cameras/leaf/running', '1', null, /./],
    ['cameras/leaf/threshold', '1.5', null, /^a least score is a number from 0 to 1, or null$/],
    ['cameras/leaf/threshold', '{"id":"x","value":-1}', 'x', /^value: /],
    ['cameras/leaf/prompts', 'ON', null, /./],
    ['cameras/leaf/prompts', '{"set":"","value":"ON"}', null, /^set: /],
    ['cameras/leaf/capture', 'OFF', null, /./],
    ['cameras/leaf/capture', '{"id":5}', null, /^id: /],
    ['cameras/leaf/capture', ' '.repeat(5_000), null, 'more than 4096 bytes'],
    ['health', '[]', null, /./],
  ])('refuses %s %s', (thing, body, id, reason) => {
    expect(read(thing, body)).toEqual({
      id,
      refusal: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  it('refuses what the broker had kept, with its id', () => {
    expect(read('cameras/leaf/running', '{"id":"old","value":"OFF"}', true)).toEqual({
      id: 'old',
      refusal: expect.stringContaining('a retained command is not obeyed'),
    });
  });

  it('answers whatever comes with a command or with one short printable line', () => {
    const thing = fc.constantFrom(
      'health',
      ...['running', 'prompts', 'threshold', 'capture'].map((one) => `cameras/leaf/${one}`),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(fc.constantFrom('id', 'value', 'set', '__proto__'), fc.jsonValue())
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(thing, body, fc.boolean(), (at, bytes, retain) => {
        const answer = read(at, bytes, retain);
        if ('refusal' in answer) {
          expect(answer.refusal).toMatch(/^[^\p{Cc}]{1,200}$/u);
          return;
        }
        expect(retain).toBe(false);
        expect(['health', 'running', 'prompts', 'threshold', 'capture']).toContain(answer.command.kind);
      }),
      { numRuns: 2_000 },
    );
  });
});
