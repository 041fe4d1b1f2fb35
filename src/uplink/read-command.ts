import type { z } from 'zod';
import { printable } from '../errors.js';
import type { HeardMessage } from './broker-session.js';
import { COMMANDS, type Command } from './command-payloads.js';
import type { CommandAddress } from './topics.js';

export type ReadCommand = { readonly id: string | null } & (
  | { readonly command: Command }
  | { readonly refusal: string }
);

const MOST_BYTES = 4_096;
const MOST_ID = 128;

/** Reads what came on a `set` topic, from anyone. Never throws: what is no command has a refusal in one line. */
export function readCommand(address: CommandAddress, { body, retain }: HeardMessage): ReadCommand {
  if (body.length > MOST_BYTES) return { id: null, refusal: `more than ${MOST_BYTES} bytes` };
  const value = parse(body.toString('utf8'));
  if (value === undefined) return { id: null, refusal: 'neither JSON nor ON or OFF' };
  const id = idOf(value);
  // It would be obeyed again at each connect, for ever.
  if (retain)
    return { id, refusal: 'a retained command is not obeyed: publish it without retain, and clear the retained one' };
  const read = COMMANDS[address.kind].command.safeParse(value);
  if (!read.success) return { id, refusal: faultOf(read.error) };
  return { id, command: commandOf(address, read.data) };
}

/** ON and OFF are said as they are, without the quotes of JSON. */
function parse(text: string): unknown {
  const bare = text.trim();
  if (bare === 'ON' || bare === 'OFF') return bare;
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return undefined; // no JSON: that is the answer
  }
}

function idOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  const { id } = value;
  return typeof id === 'string' && id.length > 0 && id.length <= MOST_ID ? id : null;
}

type Said = z.infer<(typeof COMMANDS)[CommandAddress['kind']]['command']>;

function commandOf(address: CommandAddress, said: Said): Command {
  const value = typeof said === 'object' && said !== null && 'value' in said ? said.value : said;
  switch (address.kind) {
    case 'health':
      return { kind: 'health' };
    case 'capture':
      return { kind: 'capture', camera: address.camera };
    case 'running':
      return { kind: 'running', camera: address.camera, isOn: value === 'ON' };
    case 'threshold':
      return { kind: 'threshold', camera: address.camera, minScore: value as number | null };
    case 'prompts':
      return { kind: 'prompts', camera: address.camera, set: (said as { set: string }).set, isOn: value === 'ON' };
  }
}

/** zod's own words for a union are a list of all that failed: the place and the first fault are enough. */
function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const inner = issue?.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : issue;
  const place = inner?.path.join('.') ?? '';
  return printable(`${place === '' ? '' : `${place}: `}${inner?.message ?? 'not a command of this thing'}`).slice(
    0,
    200,
  );
}
