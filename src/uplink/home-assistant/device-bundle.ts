import { alertSensors } from './alert-sensors.js';
import type { AnnouncedNode } from './announced-node.js';
import { cameraEntities } from './camera-entities.js';
import { type Component, type Draft, slug } from './component.js';
import { cameraControls } from './controls.js';
import { countSensors } from './count-sensors.js';
import { nodeSensors } from './node-sensors.js';

/** A component reduced to its platform: it is taken away. */
export interface RemovedComponent {
  readonly p: Component['p'];
}

export interface DeviceBundle {
  readonly dev: {
    readonly ids: readonly string[];
    readonly name: string;
    readonly mf: string;
    readonly mdl: string;
    readonly sw: string;
  };
  readonly o: { readonly name: string; readonly sw: string };
  readonly availability: readonly object[];
  readonly cmps: Readonly<Record<string, Component | RemovedComponent>>;
}

/**
 * One node as Home Assistant's device discovery takes it.
 * @param gone platform by key of components that were announced before; those that are not there any more are taken away
 */
export function deviceBundle(node: AnnouncedNode, gone: Readonly<Record<string, Component['p']>> = {}): DeviceBundle {
  const { objectId, name, version, topics } = node;
  const components = componentsOf(node);
  const removed = Object.entries(gone).filter(([key]) => !components.has(key));
  return {
    dev: { ids: [objectId], name, mf: 'Fieldscout', mdl: 'Field node', sw: version },
    o: { name: 'Fieldscout', sw: version },
    availability: [
      {
        topic: topics.status,
        // `stopped` is neither of the two words that Home Assistant knows.
        value_template: "{{ 'online' if value_json.state == 'online' else 'offline' }}",
      },
    ],
    cmps: { ...Object.fromEntries(removed.map(([key, p]) => [key, { p }])), ...Object.fromEntries(components) },
  };
}

function componentsOf(node: AnnouncedNode): ReadonlyMap<string, Component> {
  const { topics, cameras, alerts, objectId } = node;
  const drafts: [string, Draft][] = [
    ...nodeSensors(topics),
    ...alertSensors(alerts, topics.alerts),
    ...cameras.flatMap((camera) => [
      ...cameraEntities(camera, topics),
      ...countSensors(camera, topics.camera(camera.id).counts),
      ...cameraControls(camera, topics),
    ]),
  ];
  const components = new Map<string, Component>();
  for (const [name, draft] of drafts) {
    const key = freeKey(slug(name), components);
    components.set(key, { ...draft, p: draft.p, name: draft.name, unique_id: `${objectId}_${key}` });
  }
  return components;
}

/** Two names may become one when what no key may hold is taken out. */
function freeKey(key: string, taken: ReadonlyMap<string, unknown>): string {
  let free = key;
  for (let i = 2; taken.has(free); i += 1) free = `${key}_${i}`;
  return free;
}
