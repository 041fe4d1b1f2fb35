import type { FrameSource } from '../capture/frame-source.js';
import { FieldscoutError } from '../errors.js';
import type { Inspector } from '../inspection/inspector.js';
import type { CameraSettings } from '../journal/node-state.js';
import type { PreparedCommand } from '../uplink/command-desk.js';
import type { Command } from '../uplink/command-payloads.js';
import type { CameraThing } from '../uplink/topics.js';
import type { CameraLine } from './camera-line.js';

export interface ControlsParts {
  readonly camera: string;
  /** As the configuration names them. */
  readonly sets: readonly string[];
  /** Of them, those that are on. */
  readonly names: readonly string[];
  /** Of the configuration. */
  readonly minScore: number;
  /** What commands changed before the restart. */
  readonly settings: CameraSettings;
  readonly line: Pick<CameraLine, 'isPaused' | 'pause' | 'resume'>;
  readonly inspector: Pick<Inspector, 'useMinScore'>;
  readonly source: Pick<FrameSource, 'captureNow'>;
  /** Reads and encodes them. @returns what puts them into force. @throws FieldscoutError of the prompt files or the model */
  readonly preparePrompts: (names: readonly string[]) => Promise<() => void>;
}

/** A change of one camera, made ready. */
export interface CameraChange extends PreparedCommand {
  readonly camera: string;
  /** To be kept over a restart. */
  readonly settings: CameraSettings;
}

export type CameraCommand = Extract<Command, { readonly camera: string }>;

/** What can be commanded of one camera, and what is in force. */
export class CameraControls {
  private settings: CameraSettings;
  private names: readonly string[];

  constructor(private readonly parts: ControlsParts) {
    const { settings, names, inspector, line } = parts;
    this.settings = settings;
    this.names = names;
    if (settings.minScore !== undefined) inspector.useMinScore(settings.minScore);
    if (settings.isPaused) line.pause();
  }

  /** @throws FieldscoutError COMMAND_REFUSED, or of the prompt files */
  async prepare(command: CameraCommand): Promise<CameraChange> {
    switch (command.kind) {
      case 'running':
        return this.change({ isPaused: command.isOn ? undefined : true }, () => {
          if (command.isOn) this.parts.line.resume();
          else this.parts.line.pause();
        });
      case 'threshold': {
        const minScore = command.minScore ?? undefined;
        return this.change({ minScore }, () => this.parts.inspector.useMinScore(minScore ?? this.parts.minScore));
      }
      case 'prompts':
        return this.choosePrompts(command.set, command.isOn);
      case 'capture':
        return this.capture();
    }
  }

  get canCaptureNow(): boolean {
    return this.parts.source.captureNow !== undefined;
  }

  stateOf(thing: CameraThing): object {
    const { line, sets, minScore } = this.parts;
    const onOff = (isOn: boolean) => (isOn ? 'ON' : 'OFF');
    switch (thing) {
      case 'running':
        return { value: onOff(!line.isPaused) };
      case 'threshold':
        return { value: this.settings.minScore ?? minScore, configured: minScore };
      case 'prompts':
        return { sets: Object.fromEntries(sets.map((set) => [set, onOff(this.names.includes(set))])) };
      case 'capture':
        return {};
    }
  }

  private async choosePrompts(set: string, isOn: boolean): Promise<CameraChange> {
    const { camera, sets, preparePrompts } = this.parts;
    if (!sets.includes(set))
      throw refusal(`Camera "${camera}" has no prompt set of that name.`, `It has ${sets.join(', ')}.`);
    const names = sets.filter((name) => (name === set ? isOn : this.names.includes(name)));
    if (names.length === 0)
      throw refusal(`It is the last prompt set of camera "${camera}" that is on.`, 'Pause the camera instead.');
    const putIntoForce = await preparePrompts(names);
    return this.change({ promptsOff: sets.filter((name) => !names.includes(name)) }, () => {
      this.names = names;
      putIntoForce();
    });
  }

  private capture(): CameraChange {
    const { camera, line, source } = this.parts;
    if (line.isPaused) throw refusal(`Camera "${camera}" is paused.`, 'Resume it first.');
    if (!source.captureNow)
      throw refusal(`Camera "${camera}" cannot choose the moment.`, 'It takes pictures as they come.');
    return this.change({}, () => source.captureNow?.());
  }

  private change(change: Partial<CameraSettings>, apply: () => void): CameraChange {
    const settings = { ...this.settings, ...change };
    return {
      camera: this.parts.camera,
      settings,
      apply: () => {
        this.settings = settings;
        apply();
      },
    };
  }
}

function refusal(message: string, remedy: string): FieldscoutError {
  return new FieldscoutError('COMMAND_REFUSED', message, remedy);
}
