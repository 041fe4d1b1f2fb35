import type { Topics } from '../topics.js';
import { type Draft, EXPIRE_AFTER_S } from './component.js';

/** How the node fares, and a button that asks for it. */
export function nodeSensors(topics: Topics): ReadonlyMap<string, Draft> {
  const diagnostic = { entity_category: 'diagnostic', state_topic: topics.health, expire_after: EXPIRE_AFTER_S };
  return new Map<string, Draft>([
    [
      'waiting',
      {
        ...diagnostic,
        p: 'sensor',
        name: 'Events waiting',
        value_template: '{{ value_json.uplink.outbox.waiting }}',
        state_class: 'measurement',
      },
    ],
    [
      'warnings',
      {
        ...diagnostic,
        p: 'sensor',
        name: 'Warnings',
        value_template: '{{ value_json.warnings | length }}',
        state_class: 'measurement',
      },
    ],
    [
      'disk_free',
      {
        ...diagnostic,
        p: 'sensor',
        name: 'Disk free',
        value_template: '{{ value_json.disk.freeBytes if value_json.disk else None }}',
        device_class: 'data_size',
        unit_of_measurement: 'B',
        state_class: 'measurement',
      },
    ],
    [
      'health',
      {
        p: 'button',
        name: 'Ask for health',
        command_topic: topics.healthRequest.set,
        payload_press: 'ON',
        entity_category: 'diagnostic',
      },
    ],
  ]);
}
