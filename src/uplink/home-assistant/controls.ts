import type { Topics } from '../topics.js';
import type { AnnouncedCamera } from './announced-node.js';
import { type Draft, quoted } from './component.js';

/** What can be commanded of a camera. */
export function cameraControls(camera: AnnouncedCamera, topics: Topics): ReadonlyMap<string, Draft> {
  const { running, threshold, capture, prompts } = topics.camera(camera.id).things;
  const controls = new Map<string, Draft>([
    [
      `${camera.id}_running`,
      {
        p: 'switch',
        name: `${camera.id} runs`,
        state_topic: running.state,
        command_topic: running.set,
        value_template: '{{ value_json.value }}',
        icon: 'mdi:camera',
      },
    ],
    [
      `${camera.id}_threshold`,
      {
        p: 'number',
        name: `${camera.id} least score`,
        state_topic: threshold.state,
        command_topic: threshold.set,
        value_template: '{{ value_json.value }}',
        min: 0,
        max: 1,
        step: 0.01,
        mode: 'box',
        entity_category: 'config',
      },
    ],
  ]);
  if (camera.canCaptureNow)
    controls.set(`${camera.id}_capture`, {
      p: 'button',
      name: `${camera.id} capture now`,
      command_topic: capture.set,
      payload_press: 'ON',
    });
  for (const set of camera.promptSets)
    controls.set(`${camera.id}_prompts_${set}`, {
      p: 'switch',
      name: `${camera.id} looks for ${set}`,
      state_topic: prompts.state,
      command_topic: prompts.set,
      value_template: `{{ value_json.sets[${quoted(set)}] }}`,
      payload_on: JSON.stringify({ set, value: 'ON' }),
      payload_off: JSON.stringify({ set, value: 'OFF' }),
      state_on: 'ON',
      state_off: 'OFF',
      entity_category: 'config',
    });
  return controls;
}
