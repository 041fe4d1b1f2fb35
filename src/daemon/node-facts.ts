import { withoutLogin } from '../capture/without-login.js';
import type { ClipModel } from '../clip/clip-model.js';
import type { Config } from '../config/schema.js';
import type { NodeFacts } from '../dashboard/node-info.js';
import type { RunningLine } from './build-line.js';

/** What the page asks of the node. */
export function nodeFacts(
  config: Config,
  version: string,
  clip: Pick<ClipModel, 'model' | 'provider'>,
  lines: readonly RunningLine[],
): NodeFacts {
  const { id, name, timeZone, crop } = config.site;
  return {
    site: { id, name, timeZone, crop: crop ?? null },
    node: config.node,
    version,
    baseTopic: config.mqtt.baseTopic,
    model: clip.model,
    provider: clip.provider,
    cameras: lines.map(({ camera, line }) => ({
      id: camera.id,
      origin: withoutLogin(camera.source),
      intervalMs: camera.intervalMs,
      mmPerPixel: camera.mmPerPixel ?? null,
      promptSet: { id: line.promptSet.id, hash: line.promptSet.hash, title: line.promptSet.title },
      targets: line.promptSet.targets.map((target) => ({
        id: target.id,
        name: target.name,
        beneficial: target.beneficial,
      })),
    })),
  };
}
