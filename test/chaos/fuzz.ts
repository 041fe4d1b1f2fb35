import { generate } from 'mqtt-packet';
import { between, pick, type Random } from '../../src/sim/random.js';

const whole = (random: Random, low: number, high: number) => Math.floor(between(random, low, high + 1));

const bytesOf = (random: Random, length: number) => Buffer.from(Array.from({ length }, () => whole(random, 0, 255)));

/** Values that JSON can say and that no command allows. */
const WRONG_VALUES: readonly unknown[] = [
  ...[-1, 1.5, 1e308, -0.001, 'on', 'Off', 'TRUE', true, false, '', ' ', '0', [], ['ON'], [[]]],
  ...['\u0000', '\ud800', '../../etc/passwd', '$(reboot)', '`reboot`', "'; DROP TABLE events; --", '%s%n', '\u202e'],
  { value: 'MAYBE' },
  { id: 7, value: 'ON' },
  { id: '', value: 'ON' },
  { id: 'x'.repeat(129), value: 'OFF' },
  { value: 'OFF', extra: 1 },
  { value: 2 },
  { value: [null] },
  { set: 'no-such-set', value: 'OFF' },
  { set: '', value: 'OFF' },
  { set: 5, value: 'OFF' },
  { set: 'words.yaml', value: 'off' },
  { constructor: { prototype: { value: 'OFF' } } },
];

/** One payload that is no command of any thing, whatever topic it comes on. */
export function hostilePayload(random: Random): Buffer {
  const wrong = JSON.stringify(pick(random, WRONG_VALUES));
  const forms: readonly (() => Buffer | string)[] = [
    // 0xff is in no text, so that chance never spells a command.
    () => Buffer.concat([Buffer.from([0xff]), bytesOf(random, whole(random, 0, 300))]),
    () => wrong,
    () => `{"__proto__":{"value":"OFF"},"extra":${wrong}}`,
    () => `{"id":"${'a'.repeat(whole(random, 130, 5_000))}","value":"OFF"}`,
    () => '['.repeat(whole(random, 1, 3_000)),
    () => '{"value":'.repeat(whole(random, 1, 400)),
    () => `${'ON'.repeat(whole(random, 2, 50))}`,
    () => `{"value":"OFF"${'}'.repeat(whole(random, 2, 9))}`,
    () => '{"value":"OFF"}'.slice(0, whole(random, 1, 14)),
    () => `{"value":1e${whole(random, 400, 9_999)}}`,
    () => 'OFF'.padEnd(whole(random, 4_097, 20_000), ' '),
  ];
  return Buffer.from(pick(random, forms)());
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Bytes for a broker's port: whole packets with damage, packets out of turn, halves, and noise; most of them after a login that is right. */
export function hostilePackets(random: Random, login: Login): Buffer {
  const id = `fuzz-${whole(random, 0, 1_000_000)}`;
  const connect = generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: id,
    keepalive: 5,
    ...(random() < 0.8 ? { username: login.username, password: Buffer.from(login.password) } : {}),
  });
  const messageId = whole(random, 1, 65_535);
  const others = [
    () =>
      generate({
        cmd: 'subscribe',
        messageId,
        subscriptions: [{ topic: pick(random, ['#', '+/+', '$SYS/#', 'a'.repeat(500)]), qos: 1 }],
      }),
    () =>
      generate({
        cmd: 'publish',
        topic: 'a/b',
        payload: bytesOf(random, whole(random, 0, 200)),
        qos: 0,
        dup: false,
        retain: false,
      }),
    () => generate({ cmd: 'publish', topic: 'x', payload: '', qos: 1, messageId, dup: true, retain: false }),
    () => generate({ cmd: 'pubrel', messageId }),
    () => generate({ cmd: 'puback', messageId }),
    () => generate({ cmd: 'pingreq' }),
    () => generate({ cmd: 'unsubscribe', messageId, unsubscriptions: ['nothing'] }),
    () => connect,
    () => bytesOf(random, whole(random, 1, 64)),
    // A length of 256 MB is promised, and little comes.
    () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, ...bytesOf(random, 20)]),
    () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]),
  ];
  const parts = Array.from({ length: whole(random, 1, 6) }, () => pick(random, others)());
  const stream = Buffer.concat(random() < 0.7 ? [connect, ...parts] : parts);
  const flips = random() < 0.6 ? whole(random, 1, 4) : 0;
  for (let flip = 0; flip < flips; flip += 1) {
    const place = whole(random, 0, stream.length - 1);
    stream[place] = whole(random, 0, 255);
  }
  return random() < 0.3 ? stream.subarray(0, whole(random, 1, stream.length)) : stream;
}
