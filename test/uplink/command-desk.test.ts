import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { type AnsweredCommand, CommandDesk, type PreparedCommand } from '../../src/uplink/command-desk.js';
import type { Command } from '../../src/uplink/command-payloads.js';
import { commandError, runningState } from '../../src/uplink/command-payloads.js';
import type { UplinkMessage } from '../../src/uplink/message.js';
import { nodeTopics } from '../../src/uplink/topics.js';

const topics = nodeTopics('fieldscout', 'farm', 'scout');
const { running } = topics.camera('leaf').things;
const now = () => Date.parse('2026-05-04T03:02:01.000Z');
const at = '2026-05-04T03:02:01.000Z';

/** A desk before a camera that can be paused, unless it refuses, and a disk that remembers, unless it is full. */
class Bench {
  readonly said: { readonly topic: string; readonly retain: boolean; readonly payload: object }[] = [];
  readonly obeyed: Command[] = [];
  readonly saves: number[] = [];
  value = 'ON';
  refusal: FieldscoutError | undefined;
  isDiskFull = false;
  desk: CommandDesk<PreparedCommand>;
  answered: readonly AnsweredCommand[] = [];

  constructor() {
    this.desk = this.restart();
  }

  restart(): CommandDesk<PreparedCommand> {
    this.desk = new CommandDesk({
      topics,
      answered: this.answered,
      prepare: async (command) => {
        if (this.refusal) throw this.refusal;
        return {
          apply: () => {
            this.obeyed.push(command);
            if (command.kind === 'running') this.value = command.isOn ? 'ON' : 'OFF';
          },
        };
      },
      stateOf: () => ({ value: this.value }),
      save: async (answered) => {
        if (this.isDiskFull)
          throw new FieldscoutError('STORAGE_FAILED', 'node.json cannot be written.', 'Free some space.');
        this.answered = answered;
        this.saves.push(this.obeyed.length);
      },
      publish: (message: UplinkMessage) => {
        if ('payload' in message)
          this.said.push({ topic: message.topic, retain: message.retain, payload: message.payload });
      },
      now,
      log: pino({ level: 'silent' }),
    });
    return this.desk;
  }

  async hear(body: string, retain = false) {
    this.desk.heard({ topic: running.set, body: Buffer.from(body), retain });
    await this.desk.done();
  }
}

const state = (value: string, id: string | null = null) => ({
  topic: running.state,
  retain: true,
  payload: { schema: 1, at, id, value },
});
const error = (reason: unknown, id: string | null = null) => ({
  topic: running.error,
  retain: false,
  payload: { schema: 1, at, id, reason },
});

describe('CommandDesk', () => {
  it('obeys, and answers with what is in force', async () => {
    const bench = new Bench();
    await bench.hear('OFF');
    await bench.hear('{"id":"1","value":"ON"}');
    expect(bench.said).toEqual([state('OFF'), state('ON', '1')]);
    expect(runningState.parse(bench.said[0]?.payload)).toEqual(bench.said[0]?.payload);
  });

  it('answers a repeated id again and does not obey it twice, after a restart neither', async () => {
    const bench = new Bench();
    await bench.hear('{"id":"1","value":"OFF"}');
    await bench.hear('ON');
    await bench.hear('{"id":"1","value":"OFF"}');
    bench.restart();
    await bench.hear('{"id":"1","value":"OFF"}');
    expect(bench.obeyed).toHaveLength(2);
    expect(bench.said).toEqual([state('OFF', '1'), state('ON'), state('ON', '1'), state('ON', '1')]);
  });

  it('writes down what it decided before that takes effect', async () => {
    const bench = new Bench();
    await bench.hear('{"id":"1","value":"OFF"}');
    expect(bench.saves).toEqual([0]);
    expect(bench.answered).toEqual([{ key: `${running.set} 1`, refusal: null }]);
  });

  it('answers a refused id with the same refusal, though it could be obeyed by now', async () => {
    const bench = new Bench();
    bench.refusal = new FieldscoutError('COMMAND_REFUSED', 'The camera is away.', 'Bring it back.');
    await bench.hear('{"id":"1","value":"OFF"}');
    bench.refusal = undefined;
    await bench.hear('{"id":"1","value":"OFF"}');
    await bench.hear('{"id":"2","value":"OFF"}');
    const refused = error('The camera is away. Bring it back.', '1');
    expect(bench.said).toEqual([refused, refused, state('OFF', '2')]);
    expect(commandError.parse(bench.said[0]?.payload)).toEqual(bench.said[0]?.payload);
  });

  it('does nothing that it cannot write down, and takes the same id again later', async () => {
    const bench = new Bench();
    bench.isDiskFull = true;
    await bench.hear('{"id":"1","value":"OFF"}');
    expect([bench.value, bench.said]).toEqual([
      'ON',
      [error(expect.stringContaining('node.json cannot be written'), '1')],
    ]);
    bench.isDiskFull = false;
    await bench.hear('{"id":"1","value":"OFF"}');
    expect(bench.value).toBe('OFF');
  });

  it('refuses what the broker had kept, and passes over the empty message that clears it', async () => {
    const bench = new Bench();
    await bench.hear('OFF', true);
    await bench.hear('', true);
    expect(bench.said).toEqual([error(expect.stringContaining('a retained command is not obeyed'))]);
    expect(bench.obeyed).toEqual([]);
  });

  it('remembers the newest 256 ids and no more', async () => {
    const bench = new Bench();
    for (let i = 0; i < 300; i += 1) await bench.hear(`{"id":"${i}","value":"OFF"}`);
    expect(bench.answered).toHaveLength(256);
    expect(bench.answered[0]?.key).toBe(`${running.set} 44`);
  });

  it('drops what comes faster than it can be answered, counted', async () => {
    const bench = new Bench();
    for (let i = 0; i < 250; i += 1) bench.desk.heard({ topic: running.set, body: Buffer.from('OFF'), retain: false });
    await bench.desk.done();
    expect([bench.obeyed.length, bench.desk.dropped]).toEqual([100, 150]);
  });
});
