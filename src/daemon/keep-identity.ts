import { errorLine } from '../errors.js';
import type { NodeStateFile } from '../journal/node-state.js';

/**
 * Notes whose folder it is. One that was another node's is taken over, and that is said: its counts go on, and what waits in its
 * outbox goes out on the other node's topics.
 */
export async function keepIdentity(
  state: Pick<NodeStateFile, 'data' | 'save'>,
  base: string,
  warn: (line: string) => void,
): Promise<void> {
  const { identity } = state.data;
  if (identity === base) return;
  if (identity !== undefined)
    warn(
      `the state in storage.dir was that of ${identity}, and goes on as ${base}: what waits goes out under the old name`,
    );
  try {
    await state.save({ identity: base });
  } catch (error) {
    warn(`whose state it is could not be written down: ${errorLine(error)}`);
  }
}
