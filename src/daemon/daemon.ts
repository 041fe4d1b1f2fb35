import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { idleRules } from '../alerting/idle-rules.js';
import type { ClipModel } from '../clip/clip-model.js';
import { DashboardServer } from '../dashboard/dashboard-server.js';
import { RecentFindings } from '../dashboard/recent-findings.js';
import { RecentFrames } from '../dashboard/recent-frames.js';
import { readBoard, throttlingWarnings } from '../devices/board-readings.js';
import { errorLine } from '../errors.js';
import { builtPage } from '../paths.js';
import { readVitals } from '../telemetry/vitals.js';
import { Warnings } from '../telemetry/warnings.js';
import { clockMessage, healthMessage } from '../uplink/channels.js';
import type { UplinkMessage } from '../uplink/message.js';
import type { HealthPayload } from '../uplink/payloads.js';
import { nodeTopics, type Topics } from '../uplink/topics.js';
import { buildLine, type LineSurroundings, type RunningLine } from './build-line.js';
import type { DaemonAddresses, DaemonOptions } from './daemon-options.js';
import { healthReport } from './health-report.js';
import { HealthTeller } from './health-teller.js';
import { keepState } from './keep-state.js';
import { NodeClock } from './node-clock.js';
import { type NodeDevice, openDevice } from './node-device.js';
import { nodeFacts } from './node-facts.js';
import { NodeModel } from './node-model.js';
import { type NodeStorage, openStorage } from './node-storage.js';
import { NodeWatch } from './node-watch.js';
import { type NodeUplinks, openUplinks } from './open-uplinks.js';
import { within } from './within.js';

const STATE_EVERY_MS = 10_000;
/** Nobody waits for it; a disk that is slower is told of. */
const SAVE_WITHIN_MS = 5_000;
/** For a start that is under way when the node is stopped. */
const LEAVE_START_MS = 1_500;
const CLOSE_DOOR_MS = 500;
const WRITE_MS = 500;

/** The whole node: builds the stages from the configuration, connects them, starts and stops them in order. */
export class Daemon {
  private readonly log: Logger;
  private readonly startedMs = performance.now();
  private readonly bootId = randomUUID();
  private readonly stopping = new AbortController();
  private readonly frames = new RecentFrames();
  private readonly findings = new RecentFindings();
  private readonly topics: Topics;
  private storage: NodeStorage | undefined;
  private readonly warnings: Warnings;
  private stateTimer: NodeJS.Timeout | undefined;
  private readonly health: HealthTeller;
  private clock: NodeClock | undefined;
  private device: NodeDevice | undefined;
  private uplinks: NodeUplinks | undefined;
  private dashboard: DashboardServer | undefined;
  private model: NodeModel | undefined;
  private readonly watch: NodeWatch;
  private readonly lines: RunningLine[] = [];
  private running: readonly Promise<void>[] = [];
  private opening: Promise<DaemonAddresses> | undefined;
  private ending: Promise<void> | undefined;

  constructor(private readonly options: DaemonOptions) {
    const { config, log } = options;
    this.log = log;
    // Each camera listens for the end, of which Node would warn as a leak.
    setMaxListeners(0, this.stopping.signal);
    this.warnings = new Warnings((line) => log.warn(line));
    this.topics = nodeTopics(config.mqtt.baseTopic, config.site.id, config.node);
    this.health = new HealthTeller({ tell: () => this.tellHealth(), elapsed: () => performance.now() });
    this.watch = new NodeWatch({
      notify: options.notify,
      report: () => this.report(),
      lines: this.lines,
      warn: (lines) => this.warnings.replace('watchdog', lines),
    });
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

  /** Stops in about 3 s, whatever is under way; also while it starts, and once only. */
  async stop(): Promise<void> {
    this.ending ??= this.end();
    await this.ending;
  }

  private async open(): Promise<DaemonAddresses> {
    const { signal } = this.stopping;
    const { config, baseDir } = this.options;
    const { topics, bootId, log } = this;
    const storage = await openStorage({ storage: config.storage, baseDir, bootId, topics, log });
    this.storage = storage;
    this.clock = new NodeClock(storage.journal, (set) => this.publish(clockMessage(topics, set)), log);
    await this.clock.start();
    const device = await openDevice(config, { tell: (lines) => this.warnings.replace('heat', lines), log });
    this.device = device;
    const { watch, warnings, lines, frames } = this;
    const place = { inference: device.inference, storageDir: storage.dir, signal };
    const onChange = () => void this.health.now();
    this.model = new NodeModel({ ...this.options, ...place, watch, warnings, lines, frames, onChange });
    const clip = await this.model.open();
    signal.throwIfAborted();
    // One after the other: the text embeddings that two cameras share are encoded once.
    for (const camera of config.cameras) {
      this.lines.push(await buildLine(camera, this.lineParts(clip, device, storage)));
      signal.throwIfAborted();
    }
    this.checkRules();
    const broker = await this.openUplinks(storage);
    const page = await this.openDashboard(clip);
    await this.health.now();
    signal.throwIfAborted();
    this.health.start();
    this.stateTimer = setInterval(() => void this.saveState(), STATE_EVERY_MS);
    for (const { watcher } of this.lines) watcher.start();
    this.model.start();
    this.running = this.lines.map((running) => this.runLine(running));
    await this.watch.start();
    return { page, broker };
  }

  /** Cameras first, so that what they found is still told, and the last numbers of health; then the uplink, and the doors. */
  private async end(): Promise<void> {
    this.stopping.abort();
    this.watch.stop();
    // A start that encodes prompts fails by that at once, and a batch that is being encoded is not waited for.
    const modelClosed = this.model?.close();
    const settled = () => undefined; // whoever started it is told why it failed
    await within(LEAVE_START_MS, this.opening?.then(settled, settled) ?? Promise.resolve());
    this.health.stop();
    clearInterval(this.stateTimer);
    this.clock?.stop();
    this.device?.stop();
    for (const { watcher } of this.lines) watcher.stop();
    await Promise.all(this.running);
    const uplinks = this.uplinks;
    if (!(await this.isOnDisk(WRITE_MS).catch(() => false))) await this.storage?.makeRoom();
    await this.saveState(WRITE_MS);
    // The last events of the cameras are on the disk before anything else ends.
    if (uplinks) await within(WRITE_MS, uplinks.outgoing.written());
    if (uplinks) await this.health.now();
    uplinks?.announcer.stop();
    await uplinks?.outgoing.stop();
    if (this.dashboard) await within(CLOSE_DOOR_MS, this.dashboard.stop());
    if (uplinks?.broker) await within(CLOSE_DOOR_MS, uplinks.broker.stop());
    await this.storage?.close();
    const messages = uplinks?.outgoing.unwritten ?? 0;
    if (messages > 0) this.log.error({ messages }, 'stopped with events that the disk did not take: they are lost');
    await Promise.all([modelClosed, this.model?.close()]);
  }

  private lineParts(
    clip: ClipModel,
    device: NodeDevice,
    { dir, pictures, state, journal }: NodeStorage,
  ): LineSurroundings {
    const { config, baseDir, promptsDirs } = this.options;
    return {
      config,
      baseDir,
      promptsDirs,
      storageDir: dir,
      clip,
      batchSize: device.inference.batchSize,
      heat: device.heat,
      rest: device.rest,
      pictures,
      record: (record) => journal.record(record),
      topics: this.topics,
      frames: config.dashboard.enabled ? this.frames : undefined,
      findings: this.findings,
      memoryOf: (camera) => state.data.cameras[camera],
      settingsOf: (camera) => state.data.commands?.cameras[camera] ?? {},
      clockTrust: () => this.clock?.trust ?? 'unknown',
      publish: (message) => this.publish(message),
      warn: (source, lines) => this.warnings.replace(source, lines),
      onPrompts: () => {
        this.checkRules();
        this.uplinks?.announcer.update();
      },
      onFirstFrame: () => this.health.soon(),
      log: this.log,
    };
  }

  /** @returns where the findings go */
  private async openUplinks({ journal, state }: NodeStorage): Promise<string> {
    const { config, baseDir, version } = this.options;
    this.uplinks = await openUplinks({
      config,
      baseDir,
      version,
      topics: this.topics,
      journal,
      state,
      lines: this.lines,
      tellHealth: () => void this.health.now(),
      onUplink: (isUp, reason) => {
        if (isUp) this.health.soon();
        journal.record({
          type: 'downtime',
          what: 'uplink',
          name: null,
          state: isUp ? 'up' : 'down',
          atMs: Date.now(),
          reason,
        });
      },
      log: this.log,
    });
    return this.uplinks.url;
  }

  private async openDashboard(first: ClipModel): Promise<string | undefined> {
    const { config, version } = this.options;
    const { dashboard: settings } = config;
    if (!settings.enabled) return undefined;
    this.dashboard = new DashboardServer({
      settings: { host: settings.host, port: settings.port, allowedHosts: settings.allowedHosts },
      pageDir: builtPage,
      node: () => nodeFacts(config, version, this.model?.clip ?? first, this.lines),
      frames: this.frames,
      findings: this.findings,
      operation: this.watch,
      onMqttStream: (stream) => this.uplinks?.broker?.attachStream(stream),
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
    this.uplinks?.outgoing.publish(message);
  }

  /** Rules that never fire look like a field without pests. */
  private checkRules(): void {
    const watched = this.lines.map(({ camera, line }) => ({
      camera: camera.id,
      targets: line.promptSet.targets.map(({ id }) => id),
    }));
    this.warnings.replace('alerts', idleRules(this.options.config.alerts, watched));
  }

  private async tellHealth(): Promise<void> {
    try {
      await this.storage?.tidy((this.clock?.trust ?? 'unknown') !== 'unsynchronised');
      const report = await this.report();
      if (!report) return;
      this.watch.tell(report);
      this.publish(healthMessage(this.topics, report));
    } catch (error) {
      this.log.error(`health could not be told: ${errorLine(error)}`);
    }
  }

  /** How the node fares now; undefined while it starts. */
  private async report(): Promise<HealthPayload | undefined> {
    const { storage, uplinks, bootId, lines, clock } = this;
    const clip = this.model?.clip;
    if (!storage || !uplinks || !clip) return undefined;
    const { config, version } = this.options;
    this.warnings.replace('storage', storage.warnings());
    this.warnings.replace('commands', uplinks.commands.warnings());
    const [vitals, board, uplink] = await Promise.all([readVitals(storage.dir), readBoard(), uplinks.outgoing.state()]);
    this.warnings.replace('throttling', throttlingWarnings(board));
    const uptimeMs = performance.now() - this.startedMs;
    const node = { site: config.site, version, bootId, uptimeMs, clock: clock?.trust ?? 'unknown' } as const;
    const { restarts } = this.watch;
    const about = { vitals, board, clip, restarts, uplink, lines, warnings: this.warnings.lines };
    return healthReport({ ...node, ...about }, Date.now());
  }

  /** Whether what was told and noted so far is on the disk within so long. @throws FieldscoutError STORAGE_FAILED where it takes nothing */
  private isOnDisk(withinMs: number): Promise<boolean> {
    return within(withinMs, Promise.all([this.uplinks?.outgoing.written(), this.storage?.journal.written()]));
  }

  private async saveState(withinMs = SAVE_WITHIN_MS): Promise<void> {
    const { storage, uplinks } = this;
    if (!storage) return;
    const cameras = Object.fromEntries(this.lines.map(({ camera, line }) => [camera.id, line.memory]));
    // A picture is done, and a pest counted, when what is told of it and noted of it is on the disk: not before.
    const fault = await this.isOnDisk(withinMs).then(
      (isDone) => (isDone ? null : 'the disk takes too long'),
      errorLine,
    );
    if (fault !== null) {
      this.warnings.replace('state', [`counts, and how far each camera came, are not saved: ${fault}`]);
      return;
    }
    this.warnings.replace('state', await keepState(storage.state, cameras, uplinks?.outgoing.budgetUse));
  }
}
