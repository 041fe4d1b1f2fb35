import { FieldscoutError } from '../errors.js';
import { cropRowScene } from './crop-row-scene.js';
import { flowerStripScene } from './flower-strip-scene.js';
import { leafScene } from './leaf-scene.js';
import { lightTrapScene } from './light-trap-scene.js';
import type { Scene } from './scene.js';
import { stickyTrapScene } from './sticky-trap-scene.js';

const SCENES: readonly Scene[] = [leafScene, cropRowScene, stickyTrapScene, lightTrapScene, flowerStripScene];

export function scenes(): readonly Scene[] {
  return SCENES;
}

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
