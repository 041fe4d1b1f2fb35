import type { ClipModel } from '../clip/clip-model.js';
import type { Operation } from '../dashboard/operation-routes.js';
import { Heartbeats } from '../telemetry/heartbeats.js';
import { Metrics } from '../telemetry/metrics.js';
import type { SystemdNotify } from '../telemetry/systemd-notify.js';
import { INFERENCE, Watchdog } from '../telemetry/watchdog.js';
import type { HealthPayload } from '../uplink/payloads.js';
import type { RunningLine } from './build-line.js';
import { unreadiness } from './readiness.js';
import { WatchedClip } from './watched-clip.js';

export interface WatchParts {
  readonly notify: SystemdNotify;
  /** Undefined while the node starts. */
  readonly report: () => Promise<HealthPayload | undefined>;
  readonly lines: readonly RunningLine[];
  readonly warn: (lines: readonly string[]) => void;
}

/** The shortest text that a model takes. */
const PROBE = ['a'];

/** How others see whether the node lives and works: systemd, Prometheus, a container engine. */
export class NodeWatch implements Operation {
  private readonly heartbeats = new Heartbeats(() => performance.now());
  private readonly measures = new Metrics();
  private readonly watchdog: Watchdog;
  private clip: ClipModel | undefined;
  private deaths = 0;

  constructor(private readonly parts: WatchParts) {
    this.watchdog = new Watchdog({
      notify: parts.notify,
      heartbeats: this.heartbeats,
      probe: async () => {
        await this.clip?.encodeTexts(PROBE);
      },
      warn: parts.warn,
    });
  }

  /** @returns the model to be used: its answers are the inference worker's heartbeat */
  over(clip: ClipModel): ClipModel {
    return new WatchedClip(clip, {
      answered: () => this.heartbeats.beat(INFERENCE),
      encoded: (tiles, seconds) => this.measures.encoded(tiles, seconds),
    });
  }

  /** From here on it is this one that is asked whether it lives. */
  follow(clip: ClipModel): void {
    this.deaths += this.clip?.restarts ?? 0;
    this.clip = clip;
  }

  /** Inference workers that died since the start, of all models. */
  get restarts(): number {
    return this.deaths + (this.clip?.restarts ?? 0);
  }

  /** The node is up. */
  async start(): Promise<void> {
    this.watchdog.start();
    await this.parts.notify.ready(statusLine(await this.parts.report()));
  }

  /** Once a minute, with health. */
  tell(report: HealthPayload): void {
    void this.parts.notify.status(statusLine(report));
  }

  stop(): void {
    this.watchdog.stop();
    void this.parts.notify.stopping();
  }

  stuck(): readonly string[] {
    return this.watchdog.stuck;
  }

  async notReady(): Promise<readonly string[]> {
    const report = await this.parts.report();
    return report ? unreadiness(report) : ['the node is starting'];
  }

  async metrics(): Promise<{ readonly contentType: string; readonly text: string }> {
    const { contentType } = this.measures;
    const report = await this.parts.report();
    if (!report) return { contentType, text: '' };
    const counts = this.parts.lines.flatMap(({ camera, line }) =>
      line.latestCounts.map(({ target, now, hour, day }) => ({ camera: camera.id, target, now, hour, day })),
    );
    const text = await this.measures.text({ ...report, counts, inferenceRestarts: this.restarts });
    return { contentType, text };
  }
}

function statusLine(report: HealthPayload | undefined): string {
  if (!report) return 'starting';
  const { cameras, uplink, model, provider } = report;
  const online = cameras.filter(({ state }) => state === 'online').length;
  return `${model.id} on ${provider}, cameras online: ${online} of ${cameras.length}, uplink ${uplink.state}`;
}
