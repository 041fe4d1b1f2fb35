import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { CountAlerts } from '../alerting/count-alerts.js';
import { type Heat, HeatGate } from '../capture/heat-gate.js';
import type { ClipModel } from '../clip/clip-model.js';
import type { CameraConfig } from '../config/camera-schema.js';
import type { Config } from '../config/schema.js';
import type { RecentFindings } from '../dashboard/recent-findings.js';
import type { RecentFrames } from '../dashboard/recent-frames.js';
import { Inspector } from '../inspection/inspector.js';
import type { Sight } from '../inspection/sight.js';
import { tooSmallToShow } from '../inspection/visibility.js';
import type { KeptPictures } from '../journal/kept-pictures.js';
import type { CameraSettings, CameraState } from '../journal/node-state.js';
import type { JournalRecord } from '../journal/records.js';
import { embedPromptSet } from '../prompts/embed.js';
import { findPromptSet, loadPromptSets } from '../prompts/load.js';
import { promptWarnings, withModelNegatives } from '../prompts/prompt-set.js';
import { TextCache } from '../prompts/text-cache.js';
import { unknownWordWarnings } from '../prompts/unknown-words.js';
import { PromptWatcher } from '../prompts/watch.js';
import type { ClockTrust } from '../telemetry/clock-trust.js';
import { siteDay, TrackCounts } from '../tracking/counts.js';
import { IouTracker } from '../tracking/iou-tracker.js';
import { shortBurst } from '../tracking/short-burst.js';
import type { PromptSet } from '../types.js';
import type { UplinkMessage } from '../uplink/message.js';
import type { Topics } from '../uplink/topics.js';
import { masksOf } from '../vision/mask.js';
import { PictureOpener } from '../vision/picture-opener.js';
import { CameraControls } from './camera-controls.js';
import { CameraLine } from './camera-line.js';
import { LineOutlet } from './line-outlet.js';
import { LineSight } from './line-sight.js';
import { changedSince } from './looked-with.js';
import { scheduledSourceOf } from './source-of.js';

/** What the cameras of a node share. */
export interface LineSurroundings {
  readonly config: Config;
  readonly baseDir: string;
  readonly promptsDirs: readonly string[];
  readonly storageDir: string;
  readonly clip: ClipModel;
  readonly batchSize: number;
  /** Closes a camera while the board is too hot. */
  readonly heat: Heat | undefined;
  /** Between two frames of a camera: slows it down while the board is hot. */
  readonly rest: (tookMs: number, signal: AbortSignal) => Promise<void>;
  readonly pictures: KeptPictures;
  readonly record: (record: JournalRecord) => void;
  readonly topics: Topics;
  /** Undefined where there is no page. */
  readonly frames: RecentFrames | undefined;
  readonly findings: RecentFindings;
  /** What a camera knew before the restart. */
  readonly memoryOf: (camera: string) => CameraState | undefined;
  /** What commands made of it before the restart. */
  readonly settingsOf: (camera: string) => CameraSettings;
  readonly clockTrust: () => ClockTrust;
  readonly publish: (message: UplinkMessage) => void;
  /** For the log and for health: all that a source has to say now. */
  readonly warn: (source: string, lines: readonly string[]) => void;
  /** A camera looks for something else now. */
  readonly onPrompts: () => void;
  /** Of a camera: the first frame that it looked at since the start. */
  readonly onFirstFrame: () => void;
  readonly log: Logger;
}

export interface RunningLine {
  readonly camera: CameraConfig;
  readonly line: CameraLine;
  readonly watcher: PromptWatcher;
  readonly sight: LineSight;
  readonly controls: CameraControls;
}

/** Builds one camera's line with its prompts loaded and watched. @throws FieldscoutError of its source or its prompts */
export async function buildLine(camera: CameraConfig, node: LineSurroundings): Promise<RunningLine> {
  const { config, baseDir, warn } = node;
  const log = node.log.child({ camera: camera.id });
  const settings = node.settingsOf(camera.id);
  const isOff = (name: string) => settings.promptsOff?.includes(name) ?? false;
  // Where the configuration has changed so that none would be left, all are on again.
  const names = camera.prompts.every(isOff) ? camera.prompts : camera.prompts.filter((name) => !isOff(name));
  const placed = (name: string) => (/\.ya?ml$/.test(name) ? resolve(baseDir, name) : name);
  const cache = new TextCache({ dir: join(node.storageDir, 'text-embeddings'), warn: (line) => log.warn(line) });
  // Only of what is in force: of a set that cannot be used, and of a model on trial, nothing is said.
  const warnOf = (set: PromptSet, { clip }: Sight) =>
    warn(`camera ${camera.id}`, warningsOf(set, clip, camera, config));
  const sight = new LineSight({
    clip: node.clip,
    names,
    load: (wanted) => loadPromptSets(wanted.map(placed), node),
    embed: (set, clip) => embedPromptSet(withModelNegatives(set, clip.negatives), clip, cache),
    use: (set, next) => {
      warnOf(set, next);
      const adopted = line.use(next);
      node.onPrompts();
      return adopted;
    },
    failed: (reason) => log.error(`the prompts stay as they were: ${reason}`),
  });
  const first = await sight.open();
  warnOf(sight.promptSet, first);
  const memory = node.memoryOf(camera.id);
  // A track must outlive the time between two frames, or nothing is ever seen twice.
  const lostAfterMs = Math.max(config.tracking.lostAfterMs, 2.5 * camera.intervalMs);
  const scheduled = scheduledSourceOf(camera, config.site, baseDir, memory?.position);
  const source = node.heat ? new HeatGate(scheduled, node.heat) : scheduled;
  const masks = masksOf(camera.masks);
  const inspector = new Inspector({
    plan: camera.tiles,
    masks,
    batchSize: node.batchSize,
    ...config.detection,
  });
  const line = new CameraLine(
    {
      camera: camera.id,
      source,
      pictures: new PictureOpener(camera, masks, camera.pictureChecks),
      inspector,
      tracker: new IouTracker(camera.id, { ...config.tracking, lostAfterMs }, randomUUID),
      lostAfterMs,
      alerts: new CountAlerts(
        config.alerts.map((rule) => ({ ...rule, clearBelow: rule.clearBelow ?? 0.8 * rule.threshold })),
        randomUUID,
        memory?.raised,
      ),
      outlet: outletOf(camera, node, log),
      onFirstFrame: node.onFirstFrame,
      countsFor: (targets, before) => new TrackCounts(targets, siteDay(config.site.timeZone), before ?? memory?.counts),
      now: Date.now,
      elapsed: () => performance.now(),
      rest: (tookMs, signal) => node.rest(Math.max(tookMs, camera.intervalMs), signal),
      log,
    },
    first,
  );
  const change = changedSince(memory?.lookedWith, line.memory.lookedWith);
  if (change !== undefined) log.info(change);
  const files = await Promise.all(camera.prompts.map((name) => findPromptSet(placed(name), node)));
  const watcher = new PromptWatcher({
    paths: files.map(({ path }) => path),
    load: () => sight.load(),
    set: sight.promptSet,
    onChange: async (set) => {
      if (await sight.reload(set)) log.info({ promptSet: set.id, hash: set.hash }, 'prompts reloaded');
    },
    onError: (reason) => log.error(`the prompts stay as they were: ${reason}`),
  });
  const controls = new CameraControls({
    camera: camera.id,
    sets: camera.prompts,
    names,
    minScore: config.detection.minScore,
    settings,
    line,
    inspector,
    source,
    preparePrompts: async (wanted) => {
      const putIntoForce = await sight.choose(wanted);
      return () => {
        const set = putIntoForce();
        watcher.adopt(set);
        log.info({ promptSet: set.id, hash: set.hash }, 'prompts chosen by a command');
      };
    },
  });
  return { camera, line, watcher, sight, controls };
}

function warningsOf(set: PromptSet, clip: ClipModel, camera: CameraConfig, { tracking }: Config): readonly string[] {
  const { mmPerPixel, tiles } = camera;
  const small = mmPerPixel ? tooSmallToShow(set, tiles, mmPerPixel) : [];
  return [
    ...promptWarnings(set),
    ...unknownWordWarnings(set, clip),
    ...[...small, ...shortBurst(camera, tracking.minDurationMs)].map((line) => `${camera.id}: ${line}`),
  ];
}

function outletOf(camera: CameraConfig, node: LineSurroundings, log: Logger): LineOutlet {
  const { topics, publish, pictures, record, frames, findings, clockTrust } = node;
  const { site, snapshots } = node.config;
  return new LineOutlet({
    camera: camera.id,
    topics,
    timeZone: site.timeZone,
    keepPictures: camera.keepPictures,
    snapshots,
    publish,
    pictures,
    record,
    frames,
    findings,
    clockTrust,
    log,
  });
}
