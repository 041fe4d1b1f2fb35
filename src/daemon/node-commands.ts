import type { Logger } from 'pino';
import { FieldscoutError } from '../errors.js';
import type { NodeStateFile } from '../journal/node-state.js';
import type { HeardMessage } from '../uplink/broker-session.js';
import { CommandDesk, type PreparedCommand } from '../uplink/command-desk.js';
import type { Command } from '../uplink/command-payloads.js';
import type { UplinkMessage } from '../uplink/message.js';
import { CAMERA_THINGS, type Topics } from '../uplink/topics.js';
import type { CameraChange, CameraControls } from './camera-controls.js';

export interface NodeCommandsParts {
  readonly topics: Topics;
  readonly cameras: ReadonlyMap<string, CameraControls>;
  readonly state: NodeStateFile;
  readonly tellHealth: () => void;
  readonly publish: (message: UplinkMessage) => void;
  readonly log: Logger;
}

type Change = CameraChange | PreparedCommand;

/** The commands of the whole node: who obeys, and where it is written that something was obeyed. */
export class NodeCommands {
  private readonly desk: CommandDesk<Change>;

  constructor(private readonly parts: NodeCommandsParts) {
    const { topics, cameras, state, publish, log } = parts;
    this.desk = new CommandDesk<Change>({
      topics,
      answered: state.data.commands?.answered ?? [],
      prepare: (command) => this.prepare(command),
      stateOf: (address) =>
        address.kind === 'health' ? {} : (cameras.get(address.camera)?.stateOf(address.kind) ?? {}),
      save: async (answered, change) => {
        const { commands } = state.data;
        const changed = change && 'settings' in change ? { [change.camera]: change.settings } : {};
        if (answered === commands?.answered && !('settings' in (change ?? {}))) return;
        await state.save({ commands: { answered, cameras: { ...commands?.cameras, ...changed } } });
      },
      publish,
      now: Date.now,
      log,
    });
  }

  /** What is wrong with the commands that come, for health. */
  warnings(): readonly string[] {
    const { dropped } = this.desk;
    return dropped > 0 ? [`commands dropped because they came too fast: ${dropped}`] : [];
  }

  heard(message: HeardMessage): void {
    this.desk.heard(message);
  }

  /** What is in force, for those who read before they command. */
  sayStates(): void {
    const { topics, cameras } = this.parts;
    for (const camera of cameras.keys()) {
      const { things } = topics.camera(camera);
      for (const kind of CAMERA_THINGS)
        if (kind !== 'capture') this.desk.sayState({ kind, camera, thing: things[kind] });
    }
  }

  private async prepare(command: Command): Promise<Change> {
    if (command.kind === 'health') return { apply: this.parts.tellHealth };
    const { cameras } = this.parts;
    const controls = cameras.get(command.camera);
    if (controls) return controls.prepare(command);
    throw new FieldscoutError(
      'COMMAND_REFUSED',
      `There is no camera "${command.camera}".`,
      `There is ${[...cameras.keys()].join(', ')}.`,
    );
  }
}
