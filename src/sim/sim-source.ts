import { FieldscoutError } from '../errors.js';
import type { Condition } from './conditions/condition.js';
import { conditionNamed, conditionNames } from './conditions/conditions.js';
import type { Population, Scene } from './scene.js';
import { sceneNamed } from './scenes.js';

/** What a `sim:` source asks for. */
export interface SimSource {
  readonly scene: Scene;
  readonly condition: Condition;
  /** Undefined where the source leaves it to the camera. */
  readonly seed: number | undefined;
  /** No animal at all: what such a camera reports is a false alarm. */
  readonly empty: boolean;
}

/** A simulated scene with its life in it. */
export interface OpenScene extends SimSource {
  readonly seed: number;
  readonly population: Population;
}

const PARAMETERS = ['condition', 'seed', 'empty'];

/**
 * Reads what follows `sim:`, e.g. `leaf` or `crop-row?condition=dusk&seed=3&empty`.
 * @throws FieldscoutError SOURCE_INVALID that names what there is.
 */
export function parseSimSource(text: string): SimSource {
  const [name = '', ...rest] = text.split('?');
  const scene = sceneNamed(name);
  const wishes = new URLSearchParams(rest.join('?'));
  for (const key of new Set(wishes.keys())) {
    if (!PARAMETERS.includes(key))
      throw invalid(text, `"${key}" is nothing that a scene can be told.`, `Use ${PARAMETERS.join(', ')}.`);
    if (wishes.getAll(key).length > 1) throw invalid(text, `"${key}" is there twice.`, 'Give it once.');
  }
  return {
    scene,
    condition: conditionIn(text, wishes.get('condition') ?? scene.usualCondition),
    seed: seedIn(text, wishes.get('seed')),
    empty: emptyIn(text, wishes.get('empty')),
  };
}

/** @param seed used where the source names none. */
export function openScene(text: string, seed: number): OpenScene {
  const source = parseSimSource(text);
  const chosen = source.seed ?? seed;
  return { ...source, seed: chosen, population: source.scene.populate(chosen, source.empty) };
}

function conditionIn(text: string, name: string): Condition {
  const condition = conditionNamed(name);
  if (condition) return condition;
  throw invalid(text, `there is no condition "${name}".`, `Use one of: ${conditionNames().join(', ')}.`);
}

function seedIn(text: string, seed: string | null): number | undefined {
  if (seed === null) return undefined;
  if (/^\d{1,9}$/.test(seed)) return Number(seed);
  throw invalid(text, `the seed "${seed}" is no whole number.`, 'Give one from 0 to 999999999.');
}

function emptyIn(text: string, empty: string | null): boolean {
  if (empty === null || empty === 'false') return false;
  if (empty === '' || empty === 'true') return true;
  throw invalid(text, `"empty=${empty}" is neither true nor false.`, 'Write "empty" alone to leave the animals out.');
}

function invalid(text: string, reason: string, remedy: string): FieldscoutError {
  return new FieldscoutError('SOURCE_INVALID', `sim:${text}: ${reason}`, remedy);
}
