import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ClipModel } from '../clip/clip-model.js';
import type { CameraConfig } from '../config/camera-schema.js';
import { readPreviousModel } from '../config/previous-model.js';
import type { Config } from '../config/schema.js';
import type { RecentFrames } from '../dashboard/recent-frames.js';
import { errorLine, FieldscoutError } from '../errors.js';
import { refusalOf, type TrialLook, tryModel } from '../evaluation/model-trial.js';
import type { Warnings } from '../telemetry/warnings.js';
import type { ModelRef } from '../types.js';
import { beforeAbort } from './before-abort.js';
import type { LineSight, PreparedSight } from './line-sight.js';
import { ModelWatcher } from './model-watcher.js';
import type { NodeWatch } from './node-watch.js';
import { loadModel, type ModelSurroundings, modelFolder, openModel } from './open-model.js';
import { type TrialPicture, trialPictures } from './trial-pictures.js';
import { within } from './within.js';

export interface NodeModelParts extends Omit<ModelSurroundings, 'warn' | 'refused' | 'config'> {
  readonly config: Config;
  readonly watch: Pick<NodeWatch, 'over' | 'follow'>;
  readonly warnings: Pick<Warnings, 'add' | 'replace'>;
  /** Those that are there when an exchange begins. */
  readonly lines: readonly { readonly camera: CameraConfig; readonly sight: LineSight }[];
  /** In memory, for the page. */
  readonly frames: Pick<RecentFrames, 'latest'>;
  /** Another model serves, or was refused. */
  readonly onChange: () => void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** For an exchange that is under way when the node stops. */
const LEAVE_EXCHANGE_MS = 1_500;

/**
 * The model of a node. When the configuration names another one, that one is loaded beside it and tried; the cameras go over to it, each
 * between two of its frames, and the old one is closed. One that fails changes nothing.
 */
export class NodeModel {
  private serving: ClipModel | undefined;
  private watcher: ModelWatcher | undefined;
  private exchanging: Promise<void> = Promise.resolve();

  constructor(private readonly parts: NodeModelParts) {}

  /** undefined before it is open. */
  get clip(): ClipModel | undefined {
    return this.serving;
  }

  /** @throws FieldscoutError of the model or the providers */
  async open(): Promise<ClipModel> {
    const { watch, warnings } = this.parts;
    const refused = (line: string) => warnings.replace('configuration', [line]);
    let opened: ClipModel | undefined;
    const warn = (line: string) => {
      if (this.serving === opened) warnings.add('model', line);
    };
    opened = watch.over(await openModel({ ...this.parts, warn, refused }));
    this.serving = opened;
    watch.follow(opened);
    return opened;
  }

  /** From here on the configuration is looked at. */
  start(): void {
    const { configFile, baseDir, config, warnings, log } = this.parts;
    if (configFile === undefined) return;
    this.watcher = new ModelWatcher({
      configFile,
      baseDir,
      model: config.model,
      onModel: (name) => this.exchange(name),
      onUnusable: (line) =>
        warnings.replace(
          'configuration-file',
          line === null
            ? []
            : [`the node goes on with the configuration that it had, and could not start again: ${line}`],
        ),
      onFault: (line) => log.warn(`the configuration could not be looked at: ${line}`),
    });
    this.watcher.start();
  }

  /** Whatever is under way. The signal of the node has aborted before. */
  async close(): Promise<void> {
    this.watcher?.stop();
    await Promise.all([this.serving?.close(), within(LEAVE_EXCHANGE_MS, this.exchanging)]);
  }

  /** Puts a model by the name that the configuration has for it in the place of the one that serves. Says why where it stays. */
  async exchange(name: string): Promise<void> {
    this.exchanging = this.exchangeFor(name);
    await this.exchanging;
  }

  private async exchangeFor(name: string): Promise<void> {
    const { warnings, signal, onChange } = this.parts;
    const present = this.serving;
    if (!present) return;
    try {
      await this.take(name, present);
      warnings.replace('configuration', []);
    } catch (error) {
      if (signal.aborted) return;
      const line = `the configuration names the model ${name}, which is not used; ${present.model.id} stays: ${errorLine(error)}`;
      warnings.replace('configuration', [line]);
    }
    onChange();
  }

  private async take(name: string, present: ClipModel): Promise<void> {
    const { watch, warnings, lines, signal, log } = this.parts;
    const folder = await modelFolder(name, this.parts);
    if (folder.ref.sha256 === present.model.sha256) return;
    log.info(`the configuration names the model ${name}: it is tried beside ${present.model.id}`);
    const said: string[] = [];
    let next: ClipModel | undefined;
    const warn = (line: string) => {
      if (next !== undefined && this.serving === next) warnings.add('model', line);
      else said.push(line);
    };
    next = watch.over(await loadModel(folder, { ...this.parts, warn }));
    let sights: readonly PreparedSight[];
    try {
      sights = await this.prepare(next);
      await this.try(next, present, sights, name);
      // Prompts may have been edited meanwhile, or chosen by a command.
      while (!sights.every((sight, i) => lines[i]?.sight.isCurrent(sight))) sights = await this.prepare(next);
      signal.throwIfAborted();
    } catch (error) {
      await next.close();
      throw error;
    }
    // From here to the last camera nothing is waited for: no camera is left behind.
    this.serving = next;
    watch.follow(next);
    warnings.replace('model', said);
    const adopted = lines.map(({ sight }, i) => sight.take(sights[i] as PreparedSight));
    const { model, precision, provider } = next;
    log.info({ sha256: model.sha256, precision, provider }, changedLine(present.model, model));
    await beforeAbort(
      Promise.all(adopted).then(() => undefined),
      signal,
    );
    await present.close();
  }

  /** What each camera would look with. @throws FieldscoutError of the model */
  private async prepare(clip: ClipModel): Promise<readonly PreparedSight[]> {
    const prepared: PreparedSight[] = [];
    // One after the other: the text embeddings that two cameras share are encoded once.
    for (const { sight } of this.parts.lines) {
      prepared.push(await sight.prepare(clip));
      this.parts.signal.throwIfAborted();
    }
    return prepared;
  }

  /**
   * Looks at the newest pictures. Only a model that "fieldscout models use" wrote there must also compare with the present one: what a
   * person wrote there by hand is meant.
   * @throws FieldscoutError TRIAL_FAILED, INFERENCE_FAILED
   */
  private async try(
    next: ClipModel,
    present: ClipModel,
    sights: readonly PreparedSight[],
    name: string,
  ): Promise<void> {
    const { lines, config, inference, configFile, signal, log } = this.parts;
    const looks: TrialLook[] = [];
    for (const [i, { camera }] of lines.entries()) {
      const promptSet = (sights[i] as PreparedSight).set;
      const settings = { plan: camera.tiles, batchSize: inference.batchSize, ...config.detection };
      const newest = await this.newestOf(camera.id);
      looks.push(...newest.map((picture) => ({ ...picture, camera: camera.id, promptSet, settings })));
    }
    const answerOf = (clip: ClipModel) =>
      tryModel(clip, looks, async (set) => {
        signal.throwIfAborted();
        const line = lines[sights.findIndex((sight) => sight.set === set)];
        return (line as (typeof lines)[number]).sight.embed(set, clip);
      });
    const answer = await answerOf(next);
    signal.throwIfAborted();
    const previous = configFile === undefined ? undefined : await readPreviousModel(configFile);
    const refusal = refusalOf(answer, previous?.to === name ? await answerOf(present) : undefined);
    if (refusal !== undefined)
      throw new FieldscoutError('TRIAL_FAILED', `${refusal}.`, 'Go back with "fieldscout models revert".');
    log.info({ pictures: looks.length }, `the model ${next.model.id} has passed its trial`);
  }

  private newestOf(camera: string): Promise<readonly TrialPicture[]> {
    const { storageDir, frames, log } = this.parts;
    return trialPictures(camera, {
      dir: join(storageDir, 'pictures'),
      frameOf: (id) => frames.latest(id)?.jpeg,
      warn: (line) => log.warn(line),
    });
  }
}

const changedLine = (before: ModelRef, now: ModelRef): string =>
  `the model ${now.id} has taken the place of ${before.id}: scores of the two are not to be compared`;
