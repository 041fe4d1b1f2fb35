import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Where Debian and others keep daemons that a user's PATH often leaves out. */
const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

/** Tools of several names. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
};

/** Debian package -> what it brings, where the names differ. */
const PACKAGES: Readonly<Record<string, string>> = {
  mosquitto_sub: 'mosquitto-clients',
  mosquitto_pub: 'mosquitto-clients',
  ffprobe: 'ffmpeg',
};

/** @returns the full path of a program, or undefined where it is not installed. */
export function findTool(tool: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...EXTRA_FOLDERS];
  return (NAMES[tool] ?? [tool]).flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there or not executable: the caller looks on
  }
}

export interface Needed {
  /** Full path of a tool that was asked for; only to be called inside a test or hook. */
  path(tool: string): string;
  /** vitest's `describe`, which skips and says why where a tool is missing. */
  describe(title: string, body: () => void): void;
  /** vitest's `it`, likewise. */
  it(title: string, body: () => Promise<void> | void, timeoutMs?: number): void;
}

/**
 * What tests need from the machine:
 * `needs('mosquitto', 'mosquitto_sub').describe('MqttUplink with mosquitto', () => { ... })`.
 * @throws where a tool is missing and CI is 'true': there, nothing may be left out.
 */
export function needs(...tools: readonly string[]): Needed {
  const paths = new Map(tools.map((tool) => [tool, findTool(tool)]));
  const missing = tools.filter((tool) => paths.get(tool) === undefined);
  const packages = [...new Set(missing.map((tool) => PACKAGES[tool] ?? tool))].join(' ');
  const why = `needs ${missing.join(' and ')}: apt-get install ${packages}`;
  if (missing.length > 0 && process.env.CI === 'true') throw new Error(`A test ${why}`);
  const titled = (title: string) => {
    console.warn(`NOT RUN: ${title} (${why})`);
    return `${title} (${why})`;
  };
  return {
    path(tool) {
      const path = paths.get(tool);
      if (path === undefined) throw new Error(`${tool} is not among the tools that this test asked for and found`);
      return path;
    },
    describe(title, body) {
      if (missing.length > 0) describe.skip(titled(title), body);
      else describe(title, body);
    },
    it(title, body, timeoutMs) {
      if (missing.length > 0) it.skip(titled(title), body);
      else it(title, body, timeoutMs);
    },
  };
}
