import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findTool } from './needs.js';

export interface ReceivedMessage {
  readonly topic: string;
  readonly qos: number;
  /** As told to this reader: true for what the broker had kept. */
  readonly retain: boolean;
  readonly body: Buffer;
}

export interface MosquittoSub {
  /** In the order of arrival. */
  readonly messages: readonly ReceivedMessage[];
  /** Resolves when `enough` holds; rejects after `timeoutMs` and tells what had come. */
  until(enough: (messages: readonly ReceivedMessage[]) => boolean, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SubOptions {
  readonly port: number;
  readonly topics: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** Path of a PEM file: speaks TLS. */
  readonly ca?: string;
  readonly protocol?: 'mqttv311' | 'mqttv5';
}

const LINE = /^MSG (\d) (\d) (\S+) ([0-9a-f]*)$/;

/** Reads with a real mosquitto_sub; resolves when the broker has confirmed the subscription. */
export async function startMosquittoSub(options: SubOptions): Promise<MosquittoSub> {
  const path = findTool('mosquitto_sub');
  if (path === undefined) throw new Error("mosquitto_sub is not installed: guard the test with needs('mosquitto_sub')");
  // Without stdbuf, mosquitto_sub tells of its subscription only when its buffer is full.
  const reader = spawn('stdbuf', ['-oL', path, ...subArguments(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const messages: ReceivedMessage[] = [];
  const watchers = new Set<() => void>();
  const others: string[] = [];
  let rest = '';
  const closed = once(reader, 'close');
  const look = () => {
    for (const watcher of [...watchers]) watcher();
  };
  reader.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, qos, retain, topic, hex] = LINE.exec(line) ?? [];
      if (topic === undefined) others.push(line);
      else messages.push({ topic, qos: Number(qos), retain: retain === '1', body: Buffer.from(hex ?? '', 'hex') });
    }
    look();
  });
  reader.stderr.on('data', (chunk: Buffer) => others.push(String(chunk)));
  reader.on('close', look);

  const until = (holds: () => boolean, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      const finish = (error?: Error) => {
        clearTimeout(timer);
        watchers.delete(watcher);
        if (error) reject(error);
        else resolve();
      };
      const seen = () =>
        `${messages.map(({ topic, body }) => `${topic} ${body}`).join('\n')}\n${others.slice(-10).join('\n')}`;
      const timer = setTimeout(() => finish(new Error(`not seen by mosquitto_sub; it saw:\n${seen()}`)), timeoutMs);
      const watcher = () => {
        if (holds()) finish();
        else if (reader.exitCode !== null) finish(new Error(`mosquitto_sub ended: ${others.join('\n')}`));
      };
      watchers.add(watcher);
      watcher();
    });

  await until(() => others.some((line) => line.startsWith('Subscribed')), 10_000);
  return {
    messages,
    until: (enough, timeoutMs = 10_000) => until(() => enough(messages), timeoutMs),
    async stop() {
      // On SIGTERM it says goodbye from its signal handler, which may wait for ever for a lock that the interrupted code holds.
      if (reader.exitCode === null && reader.signalCode === null) reader.kill('SIGKILL');
      await closed;
    },
  };
}

function subArguments({ port, topics, username, password, ca, protocol }: SubOptions): string[] {
  return [
    ...['-h', ca === undefined ? '127.0.0.1' : 'localhost', '-p', String(port), '-q', '1', '-d'],
    ...['-V', protocol ?? 'mqttv311', '-F', 'MSG %q %r %t %x'],
    ...topics.flatMap((topic) => ['-t', topic]),
    ...(username === undefined ? [] : ['-u', username]),
    ...(password === undefined ? [] : ['-P', password]),
    ...(ca === undefined ? [] : ['--cafile', ca]),
  ];
}
