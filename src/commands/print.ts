import { printable } from '../errors.js';

/** One line for people; control characters in names are written out. */
export function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

export function printLines(lines: readonly string[]): void {
  for (const line of lines) print(line);
}

/** One line for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
