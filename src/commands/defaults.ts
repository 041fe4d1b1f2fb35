import { configSchema } from '../config/schema.js';

const { model, providers, precision, threads, batchSize, detection, cameras } = configSchema.parse({
  cameras: [{ id: 'command-line', source: 'folder:.' }],
});
const [camera] = cameras as [(typeof cameras)[number]];

/** What the picture commands use where nobody says: the configuration's defaults, so that they find what a node would. */
export const defaults = {
  model,
  providers,
  precision,
  threads,
  batchSize,
  detection,
  tiles: camera.tiles,
  prompts: camera.prompts,
};
