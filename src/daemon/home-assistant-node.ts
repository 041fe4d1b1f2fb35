import type { Config } from '../config/schema.js';
import type { AnnouncedNode } from '../uplink/home-assistant/announced-node.js';
import type { Topics } from '../uplink/topics.js';
import type { RunningLine } from './build-line.js';

/** What Home Assistant is told of this node. */
export function announcedNode(
  config: Config,
  version: string,
  topics: Topics,
  lines: readonly RunningLine[],
): AnnouncedNode {
  return {
    topics,
    objectId: `fieldscout-${config.site.id}-${config.node}`,
    name: `${config.site.name} ${config.node}`,
    version,
    cameras: lines.map(({ camera, line, controls }) => ({
      id: camera.id,
      targets: line.promptSet.targets.map(({ id, name }) => ({ id, name })),
      promptSets: camera.prompts,
      hasSnapshots: config.snapshots.enabled && camera.keepPictures !== 'none',
      canCaptureNow: controls.canCaptureNow,
    })),
    alerts: config.alerts.flatMap(({ id, target, camera }) =>
      lines
        .filter((line) => (camera ?? line.camera.id) === line.camera.id)
        .map((line) => ({ id, target, camera: line.camera.id })),
    ),
  };
}
