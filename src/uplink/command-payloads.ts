import { z } from 'zod';
import { instant, SCHEMA_VERSION } from './payloads.js';

/**
 * What may be said on a `set` topic, and what is answered. Commands are checked strictly: a field that nobody knows is more likely
 * a mistake than a thing to be ignored.
 */

const id = z
  .string()
  .min(1)
  .max(128)
  .describe(
    'Chosen by whoever commands. A command with an id that was answered before is answered again, and not obeyed twice.',
  );
const onOff = z.enum(['ON', 'OFF']);

export const runningCommand = z
  .union([onOff, z.strictObject({ id: id.optional(), value: onOff })])
  .meta({ id: 'running-command', title: 'Pause or resume', description: 'OFF pauses the camera, ON resumes it.' });

export const promptsCommand = z
  .strictObject({
    id: id.optional(),
    set: z.string().min(1).max(1000).describe("One of the camera's prompt sets, as the configuration names it."),
    value: onOff,
  })
  .meta({
    id: 'prompts-command',
    title: 'Prompt set on or off',
    description: "What is looked for: one of the camera's own sets, by its name. One at least stays on.",
  });

const RANGE = 'a least score is a number from 0 to 1, or null';
const minScore = z.number(RANGE).min(0, RANGE).max(1, RANGE).nullable().describe("null: the configuration's.");

export const thresholdCommand = z
  .union([minScore, z.strictObject({ id: id.optional(), value: minScore })])
  .meta({ id: 'threshold-command', title: 'Least score', description: 'Least score of a detection, 0 to 1.' });

const please = z.union([z.literal('ON'), z.strictObject({ id: id.optional() })]);

export const captureCommand = please.meta({
  id: 'capture-command',
  title: 'Capture now',
  description: 'The next picture at once, whatever the interval.',
});

export const healthCommand = please.meta({
  id: 'health-command',
  title: 'Ask for health',
  description: 'Health is told at once.',
});

const schema = z.literal(SCHEMA_VERSION).describe('Version of this payload.');
const answer = {
  schema,
  at: instant.describe('When the last command took effect, or when the node started.'),
  id: z.string().nullable().describe('Of the command that is answered; null where it had none.'),
};

export const runningState = z
  .object({ ...answer, value: onOff })
  .meta({ id: 'running-state', title: 'Running', description: 'Whether the camera runs (ON) or is paused (OFF).' });

export const promptsState = z
  .object({ ...answer, sets: z.record(z.string(), onOff).describe("Each of the camera's prompt sets by its name.") })
  .meta({ id: 'prompts-state', title: 'Prompt sets', description: 'Which prompt sets of a camera are in force.' });

export const thresholdState = z
  .object({ ...answer, value: z.number(), configured: z.number().describe('What holds without a command.') })
  .meta({ id: 'threshold-state', title: 'Least score', description: 'Least score of a detection that is in force.' });

export const captureState = z
  .object(answer)
  .meta({ id: 'capture-state', title: 'Capture', description: 'When a picture was last asked for, and obeyed.' });

export const healthState = z
  .object(answer)
  .meta({ id: 'health-state', title: 'Health request', description: 'When health was last asked for, and told.' });

export const commandError = z
  .object({
    schema,
    at: instant,
    id: z
      .string()
      .nullable()
      .describe('Of the command that is refused; null where it had none, or none that can be read.'),
    reason: z.string().describe('One line.'),
  })
  .meta({ id: 'command-error', title: 'Refused command', description: 'Why a command was not obeyed.' });

/** By thing: what may be said, and what is in force. */
export const COMMANDS = {
  health: { command: healthCommand, state: healthState },
  running: { command: runningCommand, state: runningState },
  prompts: { command: promptsCommand, state: promptsState },
  threshold: { command: thresholdCommand, state: thresholdState },
  capture: { command: captureCommand, state: captureState },
} as const;

export type CommandKind = keyof typeof COMMANDS;
export type CommandError = z.infer<typeof commandError>;

/** A command as it is obeyed. */
export type Command =
  | { readonly kind: 'health' }
  | { readonly kind: 'running'; readonly camera: string; readonly isOn: boolean }
  | { readonly kind: 'prompts'; readonly camera: string; readonly set: string; readonly isOn: boolean }
  | { readonly kind: 'threshold'; readonly camera: string; readonly minScore: number | null }
  | { readonly kind: 'capture'; readonly camera: string };
