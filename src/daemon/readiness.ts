import type { HealthPayload } from '../uplink/payloads.js';

/** Events that the disk has not taken by now wait for it: at a healthy disk they are written within a second. */
const MOST_UNWRITTEN = 1_000;

/**
 * Why the node does not do its work now, one line each. A paused camera does nothing by wish, one camera of several that fails is a
 * matter of health, and without a broker the findings wait on the disk: with these the node is ready.
 */
export function unreadiness({ cameras, uplink }: Pick<HealthPayload, 'cameras' | 'uplink'>): readonly string[] {
  const wanted = cameras.filter(({ state }) => state !== 'disabled');
  const reasons: string[] = [];
  if (wanted.length > 0 && wanted.every(({ state }) => state === 'offline'))
    reasons.push(`no camera gives frames: ${wanted.map(({ id }) => id).join(', ')}`);
  if (uplink.unwritten > MOST_UNWRITTEN)
    reasons.push(`the disk takes nothing: ${uplink.unwritten} messages wait in memory`);
  return reasons;
}
