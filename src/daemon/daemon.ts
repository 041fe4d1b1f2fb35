import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { idleRules } from '../alerting/idle-rules.js';
import { EmbeddedBroker } from '../broker/embedded-broker.js';
import type { ClipModel } from '../clip/clip-model.js';
import { loadClip } from '../clip/load-clip.js';
import type { Config } from '../config/schema.js';
import { DashboardServer } from '../dashboard/dashboard-server.js';
import { RecentFindings } from '../dashboard/recent-findings.js';
import { RecentFrames } from '../dashboard/recent-frames.js';
import { errorLine } from '../errors.js';
import type { ReleaseFolder } from '../journal/folder-lock.js';
import { KeptPictures } from '../journal/kept-pictures.js';
import { type NodeStateFile, openNodeState } from '../journal/node-state.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { builtPage } from '../paths.js';
import { type ClockTrust, readVitals } from '../telemetry/vitals.js';
import { Warnings } from '../telemetry/warnings.js';
import { healthMessage } from '../uplink/channels.js';
import type { UplinkMessage } from '../uplink/message.js';
import { MqttUplink } from '../uplink/mqtt-uplink.js';
import { nodeTopics, type Topics } from '../uplink/topics.js';
import { buildLine, type LineSurroundings, type RunningLine } from './build-line.js';
import { healthReport } from './health-report.js';
import { modelPlace } from './model-place.js';
import { nodeFacts } from './node-facts.js';
import { storageRefusal, takeStorage } from './storage-place.js';
import { embeddedLogin, farmLogin } from './uplink-login.js';
import { within } from './within.js';

export interface DaemonOptions {
  readonly config: Config;
  /** What relative paths of the configuration are relative to. */
  readonly baseDir: string;
  /** Folders of models, the first that has one wins. */
  readonly modelDirs: readonly string[];
  readonly promptsDirs: readonly string[];
  readonly version: string;
  readonly log: Logger;
}

export interface DaemonAddresses {
  /** undefined where the page is switched off. */
  readonly page: string | undefined;
  /** Where the findings go. */
  readonly broker: string;
}

const HEALTH_EVERY_MS = 60_000;
const STATE_EVERY_MS = 5_000;
/** For a start that is under way when the node is stopped. */
const LEAVE_START_MS = 1_500;
const CLOSE_DOOR_MS = 500;

/** The whole node: builds the stages from the configuration, connects them, starts and stops them in order. */
export class Daemon {
  private readonly log: Logger;
  private readonly startedMs = performance.now();
  private readonly bootId = randomUUID();
  private readonly stopping = new AbortController();
  private readonly frames = new RecentFrames();
  private readonly findings = new RecentFindings();
  private readonly topics: Topics;
  private storageDir = '';
  private releaseStorage: ReleaseFolder | undefined;
  private readonly warnings: Warnings;
  private readonly timers: NodeJS.Timeout[] = [];
  private clock: ClockTrust = 'unknown';
  private uplinks: readonly MqttUplink[] = [];
  private broker: EmbeddedBroker | undefined;
  private dashboard: DashboardServer | undefined;
  private clip: ClipModel | undefined;
  private state: NodeStateFile | undefined;
  private readonly lines: RunningLine[] = [];
  private running: readonly Promise<void>[] = [];
  private opening: Promise<DaemonAddresses> | undefined;
  private ending: Promise<void> | undefined;

  constructor(private readonly options: DaemonOptions) {
    const { config, log } = options;
    this.log = log;
    this.warnings = new Warnings((line) => log.warn(line));
    this.topics = nodeTopics(config.mqtt.baseTopic, config.site.id, config.node);
  }

  /** @throws FieldscoutError for what the person who configured it can mend; what was started is stopped again. */
  async start(): Promise<DaemonAddresses> {
    this.opening = this.open();
    try {
      return await this.opening;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops in under 3 s, whatever is under way; also while it starts, and once only. */
  async stop(): Promise<void> {
    this.ending ??= this.end();
    await this.ending;
  }

  private async open(): Promise<DaemonAddresses> {
    const { signal } = this.stopping;
    const pictures = await this.openStorage();
    const clip = await this.openModel();
    signal.throwIfAborted();
    // One after the other: the text embeddings that two cameras share are encoded once.
    for (const camera of this.options.config.cameras) {
      this.lines.push(await buildLine(camera, this.lineParts(clip, pictures)));
      signal.throwIfAborted();
    }
    this.checkRules();
    const broker = await this.openUplinks();
    const page = await this.openDashboard(clip);
    await this.tellHealth(clip);
    signal.throwIfAborted();
    this.timers.push(
      setInterval(() => void this.tellHealth(clip), HEALTH_EVERY_MS),
      setInterval(() => void this.saveState(), STATE_EVERY_MS),
    );
    for (const { watcher } of this.lines) watcher.start();
    this.running = this.lines.map((running) => this.runLine(running));
    return { page, broker };
  }

  /** Cameras first, so that what they found is still told, and the last numbers of health; then the uplink, and the doors. */
  private async end(): Promise<void> {
    this.stopping.abort();
    // A start that encodes prompts fails by that at once, and a batch that is being encoded is not waited for.
    const modelClosed = this.clip?.close();
    const settled = () => undefined; // whoever started it is told why it failed
    await within(LEAVE_START_MS, this.opening?.then(settled, settled) ?? Promise.resolve());
    for (const timer of this.timers) clearInterval(timer);
    for (const { watcher } of this.lines) watcher.stop();
    await Promise.all(this.running);
    await this.saveState();
    if (this.clip && this.uplinks.length > 0) await this.tellHealth(this.clip);
    await Promise.all(this.uplinks.map((uplink) => uplink.stop()));
    if (this.dashboard) await within(CLOSE_DOOR_MS, this.dashboard.stop());
    if (this.broker) await within(CLOSE_DOOR_MS, this.broker.stop());
    this.releaseStorage?.();
    await Promise.all([modelClosed, this.clip?.close()]);
  }

  private async openStorage(): Promise<KeptPictures> {
    const { config, baseDir } = this.options;
    const onDeleted = (count: number, bytes: number) =>
      this.log.info({ count, bytes }, 'deleted the oldest pictures to stay within storage.maxPictureBytes');
    const { dir, release } = await takeStorage(config.storage.dir, baseDir);
    this.storageDir = dir;
    this.releaseStorage = release;
    this.log.info(`State: ${dir}`);
    const pictures = new KeptPictures(join(dir, 'pictures'), config.storage.maxPictureBytes, onDeleted);
    try {
      this.state = await openNodeState(join(dir, 'node.json'), (line) => this.log.warn(line));
      await pictures.open();
    } catch (cause) {
      throw storageRefusal(dir, cause);
    }
    return pictures;
  }

  private async openModel(): Promise<ClipModel> {
    const { config, baseDir, modelDirs } = this.options;
    const folder = await openModelFolder(modelPlace(config.model, baseDir), { searchDirs: modelDirs });
    const warn = (line: string) => this.warnings.add('model', line);
    for (const line of folder.warnings) warn(line);
    const { providers, precision, threads } = config;
    this.clip = await loadClip(folder, { providers, precision, threads }, { warn });
    const { model, provider } = this.clip;
    this.log.info({ sha256: model.sha256, precision: this.clip.precision }, `model ${model.id} runs on ${provider}`);
    return this.clip;
  }

  private lineParts(clip: ClipModel, pictures: KeptPictures): LineSurroundings {
    const { config, baseDir, promptsDirs } = this.options;
    return {
      config,
      baseDir,
      promptsDirs,
      storageDir: this.storageDir,
      clip,
      pictures,
      topics: this.topics,
      frames: config.dashboard.enabled ? this.frames : undefined,
      findings: this.findings,
      memoryOf: (camera) => this.state?.data.cameras[camera],
      clockTrust: () => this.clock,
      publish: (message) => this.publish(message),
      warn: (source, lines) => this.warnings.replace(source, lines),
      onPrompts: () => this.checkRules(),
      log: this.log,
    };
  }

  /** The farm's broker where one is configured; the embedded one as well, for the page. @returns where the findings go */
  private async openUplinks(): Promise<string> {
    const { config, baseDir, version } = this.options;
    const farm = await farmLogin(config, baseDir);
    let url = farm?.url;
    const logins = farm ? [farm] : [];
    if (config.broker.enabled) {
      const login = await embeddedLogin(config, baseDir);
      // A packet is a snapshot, or a frame's detections, with its topic.
      const maxPacketBytes = Math.max(1 << 20, config.snapshots.maxBytes + (64 << 10));
      this.broker = new EmbeddedBroker({ ...login, maxPacketBytes }, this.log.child({ part: 'broker' }));
      const address = await this.broker.listen();
      if (address.moved)
        this.log.info(`Port 1883 is taken: the broker uses ${address.port}. Set broker.port to choose one.`);
      url ??= address.url;
      const clientId = `fieldscout-${config.site.id}-${config.node}`;
      logins.push({ url: address.url, protocolVersion: 4, clientId, ...this.broker.daemonCredentials });
    }
    const log = this.log.child({ part: 'uplink' });
    this.uplinks = logins.map((login) => new MqttUplink({ ...login, topics: this.topics, version }, log));
    for (const uplink of this.uplinks) uplink.start();
    return url as string;
  }

  private async openDashboard(clip: ClipModel): Promise<string | undefined> {
    const { config, version } = this.options;
    const { dashboard: settings } = config;
    if (!settings.enabled) return undefined;
    this.dashboard = new DashboardServer({
      settings: { host: settings.host, port: settings.port, allowedHosts: settings.allowedHosts },
      pageDir: builtPage,
      node: () => nodeFacts(config, version, clip, this.lines),
      frames: this.frames,
      findings: this.findings,
      onMqttStream: (stream) => this.broker?.attachStream(stream),
      log: { info: (line) => this.log.info(line), warn: (line) => this.log.warn(line) },
    });
    return this.dashboard.start();
  }

  /** One camera that cannot work must not take the others with it. */
  private async runLine({ camera, line }: RunningLine): Promise<void> {
    try {
      await line.run(this.stopping.signal);
    } catch (error) {
      if (!this.stopping.signal.aborted)
        this.log.error({ camera: camera.id }, `the camera stopped: ${errorLine(error)}`);
    }
  }

  private publish(message: UplinkMessage): void {
    for (const uplink of this.uplinks) uplink.publish(message);
  }

  /** Rules that never fire look like a field without pests. */
  private checkRules(): void {
    const watched = this.lines.map(({ camera, line }) => ({
      camera: camera.id,
      targets: line.promptSet.targets.map(({ id }) => id),
    }));
    this.warnings.replace('alerts', idleRules(this.options.config.alerts, watched));
  }

  private async tellHealth(clip: ClipModel): Promise<void> {
    try {
      const vitals = await readVitals(this.storageDir);
      this.clock = vitals.clock;
      const report = healthReport(
        {
          site: this.options.config.site,
          version: this.options.version,
          bootId: this.bootId,
          uptimeMs: performance.now() - this.startedMs,
          vitals,
          clip,
          uplink: () => (this.uplinks[0] as MqttUplink).state,
          lines: this.lines,
          warnings: this.warnings.lines,
        },
        Date.now(),
      );
      this.publish(healthMessage(this.topics, report));
    } catch (error) {
      this.log.error(`health could not be told: ${errorLine(error)}`);
    }
  }

  /** A disk that stays full is told of once, until it takes something again. */
  private async saveState(): Promise<void> {
    if (!this.state) return;
    const cameras = Object.fromEntries(this.lines.map(({ camera, line }) => [camera.id, line.memory]));
    try {
      await this.state.save({ cameras: { ...this.state.data.cameras, ...cameras } });
      this.warnings.replace('state', []);
    } catch (error) {
      this.warnings.replace('state', [errorLine(error)]);
    }
  }
}
