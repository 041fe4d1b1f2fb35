import { configSchema } from '../config/schema.js';
import type { Provider } from '../types.js';

const { model, threads, detection, cameras } = configSchema.parse({
  cameras: [{ id: 'command-line', source: 'folder:.' }],
});
const [camera] = cameras as [(typeof cameras)[number]];

/** What the picture commands use where nobody says: the configuration's defaults, so that they find what a node would. */
export const defaults = {
  model,
  providers: ['cpu'] as readonly Provider[],
  precision: 'auto' as const,
  threads,
  batchSize: 16,
  detection,
  tiles: camera.tiles,
  prompts: camera.prompts,
};
