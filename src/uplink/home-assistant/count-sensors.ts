import type { AnnouncedCamera } from './announced-node.js';
import { type Draft, EXPIRE_AFTER_S, quoted } from './component.js';

const MEASURES = [
  { measure: 'now', title: 'now', stateClass: 'measurement' },
  { measure: 'hour', title: 'in the last hour', stateClass: 'measurement' },
  // Falls at midnight, where a new total begins.
  { measure: 'day', title: 'today', stateClass: 'total_increasing' },
] as const;

/** How many of each target a camera counts. */
export function countSensors(camera: AnnouncedCamera, topic: string): ReadonlyMap<string, Draft> {
  const sensors = new Map<string, Draft>();
  for (const { id, name } of camera.targets) {
    for (const { measure, title, stateClass } of MEASURES) {
      const ofTarget = `value_json.counts | selectattr('target', 'eq', ${quoted(id)})`;
      sensors.set(`${camera.id}_${id}_${measure}`, {
        p: 'sensor',
        name: `${camera.id} ${name} ${title}`,
        state_topic: topic,
        value_template: `{{ ${ofTarget} | map(attribute='${measure}') | first | default(0) }}`,
        state_class: stateClass,
        expire_after: EXPIRE_AFTER_S,
        icon: 'mdi:bug',
      });
    }
  }
  return sensors;
}
