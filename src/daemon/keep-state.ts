import { errorLine } from '../errors.js';
import type { CameraState, NodeState, NodeStateFile } from '../journal/node-state.js';

/**
 * Writes what must outlive a restart; cameras that are not configured now keep what they knew.
 * @returns what there is to warn of: a disk that stays full is told of once, until it takes something again.
 */
export async function keepState(
  state: NodeStateFile,
  cameras: Readonly<Record<string, CameraState>>,
  budget: NodeState['budget'],
): Promise<readonly string[]> {
  try {
    await state.save({ cameras: { ...state.data.cameras, ...cameras }, ...(budget ? { budget } : {}) });
    return [];
  } catch (error) {
    return [errorLine(error)];
  }
}
