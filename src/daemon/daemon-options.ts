import type { Logger } from 'pino';
import type { Config } from '../config/schema.js';
import type { SystemdNotify } from '../telemetry/systemd-notify.js';

export interface DaemonOptions {
  readonly config: Config;
  /** What relative paths of the configuration are relative to. */
  readonly baseDir: string;
  /** undefined where there is none, and the node runs on its defaults. */
  readonly configFile: string | undefined;
  /** Folders of models, the first that has one wins. */
  readonly modelDirs: readonly string[];
  readonly promptsDirs: readonly string[];
  readonly version: string;
  /** Whoever started the node and watches it. */
  readonly notify: SystemdNotify;
  readonly log: Logger;
}

export interface DaemonAddresses {
  /** undefined where the page is switched off. */
  readonly page: string | undefined;
  /** Where the findings go. */
  readonly broker: string;
}
