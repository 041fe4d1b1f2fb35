import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { CountAlerts } from '../alerting/count-alerts.js';
import type { FrameSource } from '../capture/frame-source.js';
import { openSource } from '../capture/open-source.js';
import { systemClock } from '../capture/pace.js';
import type { ClipModel } from '../clip/clip-model.js';
import type { CameraConfig, Config } from '../config/schema.js';
import type { RecentFindings } from '../dashboard/recent-findings.js';
import type { RecentFrames } from '../dashboard/recent-frames.js';
import { Inspector } from '../inspection/inspector.js';
import { tooSmallToShow } from '../inspection/visibility.js';
import type { KeptPictures } from '../journal/kept-pictures.js';
import type { CameraState } from '../journal/node-state.js';
import { embedPromptSet } from '../prompts/embed.js';
import { findPromptSet, loadPromptSets } from '../prompts/load.js';
import { promptWarnings } from '../prompts/prompt-set.js';
import { TextCache } from '../prompts/text-cache.js';
import { PromptWatcher } from '../prompts/watch.js';
import { SimCamera } from '../sim/sim-camera.js';
import type { ClockTrust } from '../telemetry/vitals.js';
import { siteDay, TrackCounts } from '../tracking/counts.js';
import { IouTracker } from '../tracking/iou-tracker.js';
import type { PromptSet } from '../types.js';
import type { UplinkMessage } from '../uplink/message.js';
import type { Topics } from '../uplink/topics.js';
import { CameraLine } from './camera-line.js';
import { LineOutlet } from './line-outlet.js';

/** What the cameras of a node share. */
export interface LineSurroundings {
  readonly config: Config;
  readonly baseDir: string;
  readonly promptsDirs: readonly string[];
  readonly storageDir: string;
  readonly clip: ClipModel;
  readonly pictures: KeptPictures;
  readonly topics: Topics;
  readonly frames: RecentFrames;
  readonly findings: RecentFindings;
  /** What a camera knew before the restart. */
  readonly memoryOf: (camera: string) => CameraState | undefined;
  readonly clockTrust: () => ClockTrust;
  readonly publish: (message: UplinkMessage) => void;
  /** For the log and for health. */
  readonly warn: (line: string) => void;
  readonly log: Logger;
}

export interface RunningLine {
  readonly camera: CameraConfig;
  readonly line: CameraLine;
  readonly watcher: PromptWatcher;
}

/** Every start shows the same life: what one person sees, another can look at too. */
const SIM_SEED = 7;

/** Builds one camera's line with its prompts loaded and watched. @throws FieldscoutError of its source or its prompts */
export async function buildLine(camera: CameraConfig, node: LineSurroundings): Promise<RunningLine> {
  const { config, baseDir, clip, warn } = node;
  const log = node.log.child({ camera: camera.id });
  const names = camera.prompts.map((name) => (/\.ya?ml$/.test(name) ? resolve(baseDir, name) : name));
  const load = () => loadPromptSets(names, node);
  const cache = new TextCache({ dir: join(node.storageDir, 'text-embeddings'), warn: (line) => log.warn(line) });
  const embed = (set: PromptSet) => {
    for (const line of promptWarnings(set)) warn(line);
    return embedPromptSet(set, clip, cache);
  };
  const promptSet = await load();
  if (camera.mmPerPixel) {
    for (const line of tooSmallToShow(promptSet, camera.tiles, camera.mmPerPixel)) warn(`${camera.id}: ${line}`);
  }
  const line = new CameraLine(
    {
      camera: camera.id,
      source: sourceOf(camera, baseDir),
      inspector: new Inspector(clip, { plan: camera.tiles, batchSize: config.batchSize, ...config.detection }),
      // A track must outlive the time between two frames, or nothing is ever seen twice.
      tracker: new IouTracker(
        camera.id,
        { ...config.tracking, lostAfterMs: Math.max(config.tracking.lostAfterMs, 2.5 * camera.intervalMs) },
        randomUUID,
      ),
      alerts: new CountAlerts(
        config.alerts.map((rule) => ({ ...rule, clearBelow: rule.clearBelow ?? 0.8 * rule.threshold })),
        randomUUID,
        node.memoryOf(camera.id)?.raised,
      ),
      outlet: outletOf(camera, node, log),
      countsFor: (targets, before) =>
        new TrackCounts(targets, siteDay(config.site.timeZone), before ?? node.memoryOf(camera.id)?.counts),
      now: Date.now,
      log,
    },
    await embed(promptSet),
  );
  const files = await Promise.all(names.map((name) => findPromptSet(name, node)));
  const watcher = new PromptWatcher({
    paths: files.map(({ path }) => path),
    load,
    hash: promptSet.hash,
    onChange: async (set) => {
      line.usePrompts(await embed(set));
      log.info({ promptSet: set.id, hash: set.hash }, 'prompts reloaded');
    },
    onError: (reason) => log.error(`the prompts stay as they were: ${reason}`),
  });
  return { camera, line, watcher };
}

function sourceOf({ id, source, intervalMs }: CameraConfig, baseDir: string): FrameSource {
  if (!source.startsWith('sim:')) return openSource({ camera: id, source, intervalMs, baseDir }, systemClock);
  const scene = source.slice('sim:'.length);
  return new SimCamera({ camera: id, scene, seed: SIM_SEED, intervalMs, clock: systemClock });
}

function outletOf(camera: CameraConfig, node: LineSurroundings, log: Logger): LineOutlet {
  const { topics, publish, pictures, frames, findings, clockTrust } = node;
  const { site, snapshots } = node.config;
  return new LineOutlet({
    camera: camera.id,
    topics,
    timeZone: site.timeZone,
    keepPictures: camera.keepPictures,
    snapshots,
    publish,
    pictures,
    frames,
    findings,
    clockTrust,
    log,
  });
}
