import { printable } from '../errors.js';

/** What the picture commands say beside their results: lines on standard error, so that `--json` output stays clean. */
export interface ConsoleLog {
  warn(line: string): void;
  error(line: string): void;
}

export function consoleLog(): ConsoleLog {
  const said = new Set<string>();
  return {
    // A warning holds for the whole run: once is enough.
    warn(line) {
      if (!said.has(line)) process.stderr.write(`warning: ${printable(line)}\n`);
      said.add(line);
    },
    error: (line) => void process.stderr.write(`error: ${printable(line)}\n`),
  };
}
