import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../support/hostile-daemon.js';
import { killAtExit } from './children.js';
import type { Accepted } from './ledger.js';

const program = fileURLToPath(new URL('./plain-publisher-child.mjs', import.meta.url));
const SAYS_WITHIN_MS = 60_000;

export interface PlainSettings {
  readonly url: string;
  /** Messages taken on per second; 0 for none. */
  readonly perSecond: number;
  /** Ends to take messages on after so many; it goes on to deliver. */
  readonly most?: number;
}

const fileOf = (dir: string) => join(dir, 'accepted.txt');

/** The obvious alternative: a process that publishes by mqtt.js with QoS 1, its in-memory store and its reconnect. */
export class PlainPublisher {
  private readonly exited: Promise<unknown[]>;
  private said = '';
  /** Messages of mqtt.js whose publication was answered. */
  acknowledged = 0;
  rssBytes = 0;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    killAtExit(child, () => child.kill('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.said = (this.said + String(chunk)).slice(-4_000);
      });
    }
    child.on('message', (message) => {
      Object.assign(this, message as { acknowledged: number; rssBytes: number });
    });
  }

  static start(dir: string, settings: PlainSettings): PlainPublisher {
    const args = [program, settings.url, fileOf(dir), String(settings.perSecond), String(settings.most ?? 0)];
    return new PlainPublisher(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
  }

  /** What it took on, by its own record, which a kill of the process does not lose. */
  static accepted(dir: string): Accepted {
    if (!existsSync(fileOf(dir))) return new Map();
    const lines = readFileSync(fileOf(dir), 'utf8').split('\n').slice(0, -1);
    return new Map(lines.map((line) => line.split(' ')).map(([sequence, id]) => [Number(sequence), id as string]));
  }

  async says(word: string): Promise<void> {
    await waitFor(
      () => (this.said.includes(word) ? true : undefined),
      SAYS_WITHIN_MS,
      () => `the plain publisher did not say ${word}:\n${this.said}`,
    );
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}
