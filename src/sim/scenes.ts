import { FieldscoutError } from '../errors.js';
import { leafScene } from './leaf-scene.js';
import type { Scene } from './scene.js';

const SCENES: readonly Scene[] = [leafScene];

export function sceneNames(): readonly string[] {
  return SCENES.map((scene) => scene.name);
}

/** @throws FieldscoutError SOURCE_INVALID that names the scenes there are. */
export function sceneNamed(name: string): Scene {
  const scene = SCENES.find((candidate) => candidate.name === name);
  if (scene) return scene;
  throw new FieldscoutError(
    'SOURCE_INVALID',
    `sim:${name}: there is no simulated scene of this name.`,
    `Use one of: ${sceneNames()
      .map((known) => `sim:${known}`)
      .join(', ')}.`,
  );
}
