import { execFile } from 'node:child_process';

/** What systemd told a unit of Type=notify when it started it. */
export interface SystemdUnit {
  /** Of the program systemd-notify: it names the socket. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** It will kill the unit that keeps silent for longer; undefined where it does not watch. */
  readonly watchdogMs: number | undefined;
}

/** Runs the program systemd-notify. Rejects where it is not there, fails or takes too long. */
export type SendNotice = (assignments: readonly string[], unit: SystemdUnit) => Promise<void>;

const SEND_WITHIN_MS = 10_000;

/**
 * Tells systemd how the unit fares, by the program systemd-notify: Node.js cannot send to a unix datagram socket, so that the unit needs
 * NotifyAccess=all. Outside such a unit it does nothing. One message at a time, in order; what cannot be told is warned of once.
 */
export class SystemdNotify {
  private last: Promise<void> = Promise.resolve();
  private hasWarned = false;
  private isStopping = false;

  constructor(
    /** Undefined outside a unit that waits for messages. */
    private readonly unit: SystemdUnit | undefined,
    private readonly warn: (line: string) => void,
    private readonly send: SendNotice = systemdNotify,
  ) {}

  get watchdogMs(): number | undefined {
    return this.unit?.watchdogMs;
  }

  ready(status: string): Promise<void> {
    return this.tell(['READY=1', statusLine(status)]);
  }

  status(status: string): Promise<void> {
    return this.tell([statusLine(status)]);
  }

  alive(): Promise<void> {
    return this.tell(['WATCHDOG=1']);
  }

  /** The last that is told. */
  async stopping(): Promise<void> {
    const told = this.tell(['STOPPING=1', statusLine('stopping')]);
    this.isStopping = true;
    await told;
  }

  private async tell(assignments: readonly string[]): Promise<void> {
    const { unit } = this;
    if (!unit || this.isStopping) return;
    this.last = this.last.then(() => this.send(assignments, unit)).catch((error: Error) => this.complain(error));
    await this.last;
  }

  private complain({ message }: Error): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.warn(`systemd is not told how the node fares: ${message.split('\n')[0]}. Is systemd-notify installed?`);
  }
}

/** A newline would begin another assignment. */
const statusLine = (text: string) => `STATUS=${text.replace(/[\r\n]+/g, ' ')}`;

const systemdNotify: SendNotice = (assignments, { environment }) =>
  new Promise((resolve, reject) => {
    const options = { timeout: SEND_WITHIN_MS, env: environment };
    execFile('systemd-notify', assignments, options, (error) => (error ? reject(error) : resolve()));
  });
