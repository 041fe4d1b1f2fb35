import { configSchema } from '../config/schema.js';
import { inferenceOf } from '../daemon/node-device.js';

const config = configSchema.parse({ cameras: [{ id: 'command-line', source: 'folder:.' }] });
const { model, threads, detection, cameras } = config;
const [camera] = cameras as [(typeof cameras)[number]];

/** What the picture commands use where nobody says: what a node does on a board of no known profile. */
export const defaults = {
  ...inferenceOf(config, undefined),
  model,
  threads,
  detection,
  tiles: camera.tiles,
  prompts: camera.prompts,
};
