import type { z } from 'zod';
import { CHANNELS, type ChannelName, channelTopic } from './channels.js';
import { COMMANDS, type CommandKind, commandError } from './command-payloads.js';
import type { Thing, Topics } from './topics.js';

/** One topic as the documents describe it: what is said there, by whom. */
export interface Spoken {
  readonly name: string;
  readonly topic: string;
  readonly title: string;
  readonly summary: string;
  /** `send`: the node says it; `receive`: it is said to the node. */
  readonly action: 'send' | 'receive';
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** `jpeg`: the bytes of a picture. */
  readonly payload: z.ZodType | 'jpeg';
}

const TITLES: Readonly<Record<ChannelName, { readonly title: string; readonly summary: string }>> = {
  status: { title: 'Node status', summary: 'On every connect, on a clean stop, and as the will.' },
  health: { title: 'Health', summary: 'Once a minute, and when it is asked for.' },
  detections: { title: 'Detections', summary: 'One message a frame that was looked at.' },
  snapshot: { title: 'Snapshot', summary: 'A small JPEG of the newest frame with detections, as bytes.' },
  events: { title: 'Events', summary: 'The life of each track: new, update, end.' },
  counts: { title: 'Counts', summary: 'Whenever the counts of a camera change.' },
  cameraStatus: { title: 'Camera status', summary: 'Whenever a camera comes or goes.' },
  alerts: { title: 'Alerts', summary: 'When an action threshold is crossed or left.' },
  clock: { title: 'Clock set', summary: 'When the clock of the node was set, and by how much.' },
  gaps: { title: 'Gaps', summary: 'When messages were given up that will never come.' },
};

const SET = 'A command. ON and OFF may be said bare, without quotes; a retained message is refused.';
const STATE = 'What is in force: at the start, and as the answer to each command that was obeyed.';
const ERROR = 'The answer to a command that was refused.';

/** Every topic of a node, with placeholders where the topics have them. */
export function everythingSpoken(topics: Topics, camera: string): readonly Spoken[] {
  const channels = (Object.keys(CHANNELS) as ChannelName[]).map((name): Spoken => {
    const { qos, retain, payload } = CHANNELS[name];
    return { name, topic: channelTopic(name, topics, camera), ...TITLES[name], action: 'send', qos, retain, payload };
  });
  const { things } = topics.camera(camera);
  const commands = (Object.keys(COMMANDS) as CommandKind[]).flatMap((kind) =>
    commandTopics(kind, kind === 'health' ? topics.healthRequest : things[kind]),
  );
  return [...channels, ...commands];
}

function commandTopics(kind: CommandKind, thing: Thing): readonly Spoken[] {
  const { command, state } = COMMANDS[kind];
  const title = command.meta()?.title ?? kind;
  const retain = false;
  const qos = 1;
  return [
    { name: `${kind}Set`, topic: thing.set, title, summary: SET, action: 'receive', qos, retain, payload: command },
    {
      name: `${kind}State`,
      topic: thing.state,
      title: `${title}: in force`,
      summary: STATE,
      action: 'send',
      qos,
      retain: true,
      payload: state,
    },
    {
      name: `${kind}Error`,
      topic: thing.error,
      title: `${title}: refused`,
      summary: ERROR,
      action: 'send',
      qos,
      retain,
      payload: commandError,
    },
  ];
}
