import type { Topics } from '../topics.js';
import type { AnnouncedCamera } from './announced-node.js';
import type { Draft } from './component.js';

/** Whether a camera gives pictures, and its newest picture with detections. */
export function cameraEntities(camera: AnnouncedCamera, topics: Topics): ReadonlyMap<string, Draft> {
  const { status, snapshot } = topics.camera(camera.id);
  const entities = new Map<string, Draft>([
    [
      `${camera.id}_online`,
      {
        p: 'binary_sensor',
        name: `${camera.id} gives pictures`,
        state_topic: status,
        value_template: "{{ 'ON' if value_json.state == 'online' else 'OFF' }}",
        device_class: 'connectivity',
        entity_category: 'diagnostic',
      },
    ],
  ]);
  if (camera.hasSnapshots)
    entities.set(`${camera.id}_snapshot`, {
      p: 'image',
      name: `${camera.id} snapshot`,
      image_topic: snapshot,
      content_type: 'image/jpeg',
    });
  return entities;
}
