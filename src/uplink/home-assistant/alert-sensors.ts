import type { AnnouncedAlert } from './announced-node.js';
import { type Draft, quoted } from './component.js';

/**
 * Whether an action threshold is reached. All alerts come on one topic: for one that is another's the template says nothing, which
 * Home Assistant passes over.
 */
export function alertSensors(alerts: readonly AnnouncedAlert[], topic: string): ReadonlyMap<string, Draft> {
  return new Map(
    alerts.map(({ id, target, camera }) => [
      `alert_${id}_${camera}`,
      {
        p: 'binary_sensor',
        name: `${camera} ${id}`,
        state_topic: topic,
        value_template:
          `{% if value_json.rule == ${quoted(id)} and value_json.camera == ${quoted(camera)} and ` +
          `value_json.target == ${quoted(target)} %}{{ 'ON' if value_json.state == 'raised' else 'OFF' }}{% endif %}`,
        device_class: 'problem',
      },
    ]),
  );
}
