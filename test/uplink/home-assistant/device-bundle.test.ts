import { describe, expect, it } from 'vitest';
import type { AnnouncedNode } from '../../../src/uplink/home-assistant/announced-node.js';
import { deviceBundle } from '../../../src/uplink/home-assistant/device-bundle.js';
import { nodeTopics } from '../../../src/uplink/topics.js';

const base = 'fieldscout/farm/scout';

const node: AnnouncedNode = {
  topics: nodeTopics('fieldscout', 'farm', 'scout'),
  objectId: 'fieldscout-farm-scout',
  name: 'My farm scout',
  version: '0.1.0',
  cameras: [
    {
      id: 'leaf',
      targets: [{ id: 'aphid', name: 'Aphid' }],
      promptSets: ['insects/aphids', 'insects_aphids'],
      hasSnapshots: true,
      canCaptureNow: true,
    },
    { id: 'folder', targets: [], promptSets: [], hasSnapshots: false, canCaptureNow: false },
  ],
  alerts: [{ id: 'many', target: 'aphid', camera: 'leaf' }],
};

/** Keys that Home Assistant documents for every entity of MQTT discovery, and for each platform besides. */
const COMMON = ['p', 'unique_id', 'name', 'icon', 'entity_category'];
const DOCUMENTED: Readonly<
  Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>
> = {
  sensor: {
    required: ['state_topic'],
    optional: ['value_template', 'device_class', 'state_class', 'unit_of_measurement', 'expire_after'],
  },
  binary_sensor: { required: ['state_topic'], optional: ['value_template', 'device_class', 'expire_after'] },
  switch: {
    required: ['command_topic'],
    optional: ['state_topic', 'value_template', 'payload_on', 'payload_off', 'state_on', 'state_off'],
  },
  number: { required: ['command_topic'], optional: ['state_topic', 'value_template', 'min', 'max', 'step', 'mode'] },
  button: { required: ['command_topic'], optional: ['payload_press'] },
  image: { required: ['image_topic'], optional: ['content_type'] },
};
const DEVICE_CLASSES: Readonly<Record<string, readonly string[]>> = {
  sensor: ['data_size'],
  binary_sensor: ['problem', 'connectivity'],
};

describe('deviceBundle', () => {
  const bundle = deviceBundle(node);
  const components = Object.entries(bundle.cmps) as [string, Record<string, unknown>][];

  it('has what device discovery requires, and availability by a template that knows two words', () => {
    expect(bundle.dev).toEqual({
      ids: ['fieldscout-farm-scout'],
      name: 'My farm scout',
      mf: 'Fieldscout',
      mdl: 'Field node',
      sw: '0.1.0',
    });
    expect(bundle.o).toEqual({ name: 'Fieldscout', sw: '0.1.0' });
    expect(bundle.availability).toEqual([
      { topic: `${base}/status`, value_template: "{{ 'online' if value_json.state == 'online' else 'offline' }}" },
    ]);
  });

  it('uses documented keys only, with all that are required, and ids of letters that are allowed', () => {
    for (const [key, component] of components) {
      const { required, optional } = DOCUMENTED[String(component.p)] ?? { required: [], optional: [] };
      const unknown = Object.keys(component).filter((name) => ![...COMMON, ...required, ...optional].includes(name));
      const missing = ['p', 'unique_id', ...required].filter((name) => !(name in component));
      expect({ key, unknown, missing }).toEqual({ key, unknown: [], missing: [] });
      expect(key).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(component.unique_id).toMatch(/^[a-zA-Z0-9_-]+$/);
      if ('device_class' in component) expect(DEVICE_CLASSES[String(component.p)]).toContain(component.device_class);
      if ('entity_category' in component) expect(['config', 'diagnostic']).toContain(component.entity_category);
    }
    const ids = components.map(([, { unique_id }]) => unique_id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('lets every measurement expire', () => {
    const measured = components.filter(([, { state_class }]) => state_class !== undefined);
    expect(measured.length).toBeGreaterThan(4);
    expect(measured.every(([, { expire_after }]) => expire_after === 180)).toBe(true);
  });

  it('names each count, alert, camera and control with its topics', () => {
    const camera = `${base}/cameras/leaf`;
    expect(components.map(([key]) => key)).toEqual([
      ...['waiting', 'warnings', 'disk_free', 'health', 'alert_many_leaf', 'leaf_online', 'leaf_snapshot'],
      ...['leaf_aphid_now', 'leaf_aphid_hour', 'leaf_aphid_day', 'leaf_running', 'leaf_threshold', 'leaf_capture'],
      ...['leaf_prompts_insects_aphids', 'leaf_prompts_insects_aphids_2', 'folder_online', 'folder_running'],
      'folder_threshold',
    ]);
    expect(bundle.cmps.leaf_aphid_day).toEqual({
      p: 'sensor',
      unique_id: 'fieldscout-farm-scout_leaf_aphid_day',
      name: 'leaf Aphid today',
      state_topic: `${camera}/counts`,
      value_template:
        "{{ value_json.counts | selectattr('target', 'eq', \"aphid\") | map(attribute='day') | first | default(0) }}",
      state_class: 'total_increasing',
      expire_after: 180,
      icon: 'mdi:bug',
    });
    expect(bundle.cmps.leaf_prompts_insects_aphids).toMatchObject({
      p: 'switch',
      command_topic: `${camera}/prompts/set`,
      state_topic: `${camera}/prompts/state`,
      payload_off: '{"set":"insects/aphids","value":"OFF"}',
      state_off: 'OFF',
    });
  });

  it('takes away a component that was there before, by its platform alone', () => {
    const { cmps } = deviceBundle(node, { leaf_whitefly_now: 'sensor', leaf_aphid_now: 'sensor' });
    expect(cmps.leaf_whitefly_now).toEqual({ p: 'sensor' });
    expect(cmps.leaf_aphid_now).toMatchObject({ p: 'sensor', unique_id: 'fieldscout-farm-scout_leaf_aphid_now' });
  });
});
