/** Something that can be commanded, and where its answers go. */
export interface Thing {
  readonly set: string;
  readonly state: string;
  readonly error: string;
}

/** What can be commanded of a camera. */
export const CAMERA_THINGS = ['running', 'prompts', 'threshold', 'capture'] as const;

export type CameraThing = (typeof CAMERA_THINGS)[number];

/** Every topic that a node speaks on. Segments are `[A-Za-z0-9_-]+`; the configuration holds them to it. */
export interface Topics {
  readonly base: string;
  readonly status: string;
  readonly health: string;
  readonly alerts: string;
  readonly gaps: string;
  readonly clock: string;
  /** Health, asked for. */
  readonly healthRequest: Thing;
  camera(camera: string): {
    readonly detections: string;
    readonly snapshot: string;
    readonly events: string;
    readonly counts: string;
    readonly status: string;
    readonly things: Readonly<Record<CameraThing, Thing>>;
  };
  /** What the node listens to for commands. */
  readonly commandFilters: readonly string[];
}

/** What a `set` topic commands; `camera` is what its segment says, whether there is such a camera or not. */
export type CommandAddress =
  | { readonly kind: 'health'; readonly thing: Thing }
  | { readonly kind: CameraThing; readonly camera: string; readonly thing: Thing };

const SEGMENT = /^[A-Za-z0-9_-]{1,64}$/;

/** @returns the topics of one node: `<baseTopic>/<site>/<node>/...` */
export function nodeTopics(baseTopic: string, site: string, node: string): Topics {
  const base = `${baseTopic}/${site}/${node}`;
  return {
    base,
    status: `${base}/status`,
    health: `${base}/health`,
    alerts: `${base}/alerts`,
    gaps: `${base}/gaps`,
    clock: `${base}/clock`,
    healthRequest: thingAt(`${base}/health`),
    camera(camera) {
      const prefix = `${base}/cameras/${camera}`;
      return {
        detections: `${prefix}/detections`,
        snapshot: `${prefix}/snapshot`,
        events: `${prefix}/events`,
        counts: `${prefix}/counts`,
        status: `${prefix}/status`,
        things: {
          running: thingAt(`${prefix}/running`),
          prompts: thingAt(`${prefix}/prompts`),
          threshold: thingAt(`${prefix}/threshold`),
          capture: thingAt(`${prefix}/capture`),
        },
      };
    },
    commandFilters: [`${base}/health/set`, `${base}/cameras/+/+/set`],
  };
}

/** @returns what a topic commands of this node; undefined where it is no such topic */
export function commandAddress(topic: string, topics: Topics): CommandAddress | undefined {
  if (topic === topics.healthRequest.set) return { kind: 'health', thing: topics.healthRequest };
  const prefix = `${topics.base}/cameras/`;
  if (!topic.startsWith(prefix)) return undefined;
  const [camera = '', name, verb, ...rest] = topic.slice(prefix.length).split('/');
  const kind = CAMERA_THINGS.find((thing) => thing === name);
  if (!SEGMENT.test(camera) || kind === undefined || verb !== 'set' || rest.length > 0) return undefined;
  return { kind, camera, thing: topics.camera(camera).things[kind] };
}

/** Where Home Assistant looks for devices, and says that it has started. */
export interface HomeAssistantTopics {
  readonly config: string;
  readonly status: string;
}

/** @param objectId `[a-zA-Z0-9_-]+` */
export function homeAssistantTopics(prefix: string, objectId: string): HomeAssistantTopics {
  return { config: `${prefix}/device/${objectId}/config`, status: `${prefix}/status` };
}

function thingAt(topic: string): Thing {
  return { set: `${topic}/set`, state: `${topic}/state`, error: `${topic}/error` };
}
