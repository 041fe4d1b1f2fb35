import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What metrics are read from: the node's health, of which these are the parts that are numbers. */
export interface MeasuredNode {
  readonly version: string;
  readonly clock: string;
  readonly uptimeS: number;
  readonly model: { readonly id: string; readonly sha256: string; readonly precision: string };
  readonly provider: string;
  readonly memory: { readonly freeBytes: number; readonly totalBytes: number };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  readonly temperaturesC: Readonly<Record<string, number>>;
  readonly board: {
    readonly gpuLoad: number | null;
    readonly powerMw: Readonly<Record<string, number>>;
    readonly throttling: readonly string[];
  };
  readonly uplink: {
    readonly state: string;
    readonly queued: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly unwritten: number;
    readonly outbox: {
      readonly waiting: number;
      readonly bytes: number;
      readonly oldestAt: string | null;
      readonly dropped: Readonly<Record<string, number>>;
    };
  };
  readonly cameras: readonly {
    readonly id: string;
    readonly state: string;
    readonly framesLookedAt: number;
    readonly framesDropped: Readonly<Record<string, number>>;
    readonly lastFrameAt: string | null;
  }[];
  readonly warnings: readonly string[];
  readonly inferenceRestarts: number;
  /** Per camera and target, as on the topic counts. */
  readonly counts: readonly {
    readonly camera: string;
    readonly target: string;
    readonly now: number;
    readonly hour: number;
    readonly day: number;
  }[];
}

const CAMERA_STATES = ['online', 'offline', 'disabled'];
const CLOCK_STATES = ['synchronised', 'unsynchronised', 'unknown'];
const BATCH_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];
type Read = (node: MeasuredNode) => readonly Sample[];

/** Names, units and words as Prometheus asks for: base units, `_total` for what only grows, each read from the node at each scrape. */
const GAUGES: Readonly<Record<string, readonly [help: string, labels: readonly string[], read: Read]>> = {
  fieldscout_build_info: [
    'Constant 1; its labels say what runs.',
    ['version', 'model', 'model_sha256', 'precision', 'provider'],
    ({ version, model, provider }) => [
      [{ version, model: model.id, model_sha256: model.sha256, precision: model.precision, provider }, 1],
    ],
  ],
  fieldscout_uptime_seconds: ['Time since the start.', [], ({ uptimeS }) => [[{}, uptimeS]]],
  fieldscout_clock_state: [
    'How far the clock can be trusted: 1 for the state that it is in.',
    ['state'],
    ({ clock }) => oneOf(CLOCK_STATES, clock),
  ],
  fieldscout_camera_state: [
    'Whether the camera gives frames: 1 for the state that it is in.',
    ['camera', 'state'],
    ({ cameras }) => cameras.flatMap(({ id, state }) => oneOf(CAMERA_STATES, state, { camera: id })),
  ],
  fieldscout_camera_last_frame_timestamp_seconds: [
    'When the newest frame that was looked at was taken.',
    ['camera'],
    ({ cameras }) => cameras.flatMap(({ id, lastFrameAt }) => at({ camera: id }, lastFrameAt)),
  ],
  fieldscout_tracks: [
    'Pests followed: live ones (now), begun in the last 60 minutes (hour), begun since midnight at the site (day).',
    ['camera', 'target', 'window'],
    ({ counts }) =>
      counts.flatMap(({ camera, target, ...windows }) =>
        (['now', 'hour', 'day'] as const).map((window): Sample => [{ camera, target, window }, windows[window]]),
      ),
  ],
  fieldscout_uplink_connected: [
    'Whether the broker of the uplink is connected.',
    [],
    ({ uplink }) => [[{}, Number(uplink.state === 'connected')]],
  ],
  fieldscout_uplink_queued_messages: [
    'State in memory that waits to be sent, and all that waits for an answer.',
    [],
    ({ uplink }) => [[{}, uplink.queued]],
  ],
  fieldscout_outbox_messages: [
    'Events, alerts and gap records that the broker has not acknowledged.',
    [],
    ({ uplink }) => [[{}, uplink.outbox.waiting]],
  ],
  fieldscout_outbox_bytes: ['Their size.', [], ({ uplink }) => [[{}, uplink.outbox.bytes]]],
  fieldscout_outbox_oldest_timestamp_seconds: [
    'When the oldest of them was accepted; absent where none waits.',
    [],
    ({ uplink }) => at({}, uplink.outbox.oldestAt),
  ],
  fieldscout_unwritten_messages: [
    'Events, alerts and gap records that the disk has not taken yet.',
    [],
    ({ uplink }) => [[{}, uplink.unwritten]],
  ],
  fieldscout_memory_free_bytes: ['Free memory of the machine.', [], ({ memory }) => [[{}, memory.freeBytes]]],
  fieldscout_memory_size_bytes: ['Memory of the machine.', [], ({ memory }) => [[{}, memory.totalBytes]]],
  fieldscout_disk_free_bytes: [
    "Free space where the node's state lies.",
    [],
    ({ disk }) => (disk ? [[{}, disk.freeBytes]] : []),
  ],
  fieldscout_disk_size_bytes: ['Size of that disk.', [], ({ disk }) => (disk ? [[{}, disk.totalBytes]] : [])],
  fieldscout_temperature_celsius: [
    'Temperature of a thermal zone.',
    ['zone'],
    ({ temperaturesC }) => Object.entries(temperaturesC).map(([zone, value]): Sample => [{ zone }, value]),
  ],
  fieldscout_gpu_load_ratio: [
    'Share of the GPU that works; absent where the board does not tell.',
    [],
    ({ board }) => (board.gpuLoad === null ? [] : [[{}, board.gpuLoad]]),
  ],
  fieldscout_power_watts: [
    'Power by rail.',
    ['rail'],
    ({ board }) => Object.entries(board.powerMw).map(([rail, value]): Sample => [{ rail }, value / 1000]),
  ],
  fieldscout_throttling: [
    'Reasons for which the board slows itself down now.',
    [],
    ({ board }) => [[{}, board.throttling.length]],
  ],
  fieldscout_warnings: ['Warnings that stand, as health lists them.', [], ({ warnings }) => [[{}, warnings.length]]],
};

const COUNTERS: typeof GAUGES = {
  fieldscout_frames_total: [
    'Frames that were looked at.',
    ['camera'],
    ({ cameras }) => cameras.map(({ id, framesLookedAt }): Sample => [{ camera: id }, framesLookedAt]),
  ],
  fieldscout_frames_dropped_total: [
    'Frames that were not looked at, by reason.',
    ['camera', 'reason'],
    ({ cameras }) => cameras.flatMap(({ id, framesDropped }) => byReason(framesDropped, { camera: id })),
  ],
  fieldscout_uplink_dropped_messages_total: [
    'Messages given up since the start, by reason; the outbox apart.',
    ['reason'],
    ({ uplink }) => byReason(uplink.dropped),
  ],
  fieldscout_outbox_dropped_messages_total: [
    'Events, alerts and gap records given up for good, by reason.',
    ['reason'],
    ({ uplink }) => byReason(uplink.outbox.dropped),
  ],
  fieldscout_inference_worker_restarts_total: [
    'Inference workers that died since the start.',
    [],
    ({ inferenceRestarts }) => [[{}, inferenceRestarts]],
  ],
};

/** Every metric of the node itself; prom-client adds those of the process (process_*, nodejs_*). */
export const METRIC_NAMES: readonly string[] = [
  ...Object.keys(GAUGES),
  ...Object.keys(COUNTERS),
  'fieldscout_inference_batch_seconds',
  'fieldscout_tiles_encoded_total',
];

/** The node's numbers in the form that Prometheus scrapes. */
export class Metrics {
  readonly contentType: string;
  private readonly registry = new Registry();
  private readonly batchSeconds: Histogram;
  private readonly tiles: Counter;

  constructor() {
    const registers = [this.registry];
    this.contentType = this.registry.contentType;
    collectDefaultMetrics({ register: this.registry });
    for (const [name, [help, labelNames]] of Object.entries(GAUGES)) new Gauge({ name, help, labelNames, registers });
    for (const [name, [help, labelNames]] of Object.entries(COUNTERS))
      new Counter({ name, help, labelNames, registers });
    this.batchSeconds = new Histogram({
      name: 'fieldscout_inference_batch_seconds',
      help: 'Time for one batch of tiles, waiting for the worker included.',
      buckets: BATCH_SECONDS,
      registers,
    });
    this.tiles = new Counter({ name: 'fieldscout_tiles_encoded_total', help: 'Tiles that were encoded.', registers });
  }

  encoded(tiles: number, seconds: number): void {
    this.batchSeconds.observe(seconds);
    this.tiles.inc(tiles);
  }

  /** The text of one scrape. */
  async text(node: MeasuredNode): Promise<string> {
    for (const [name, [, labelNames, read]] of Object.entries(GAUGES)) {
      const gauge = this.registry.getSingleMetric(name) as Gauge;
      gauge.reset();
      const samples = read(node);
      // A gauge without labels would say 0 of what is not known.
      if (samples.length === 0 && labelNames.length === 0) gauge.remove();
      for (const [labels, value] of samples) gauge.set(labels, value);
    }
    for (const [name, [, , read]] of Object.entries(COUNTERS)) {
      const counter = this.registry.getSingleMetric(name) as Counter;
      counter.reset();
      for (const [labels, value] of read(node)) counter.inc(labels, value);
    }
    return this.registry.metrics();
  }
}

function oneOf(states: readonly string[], present: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return states.map((state): Sample => [{ ...labels, state }, Number(state === present)]);
}

function byReason(counts: Readonly<Record<string, number>>, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return Object.entries(counts).map(([reason, count]): Sample => [{ ...labels, reason }, count]);
}

const at = (labels: Readonly<Record<string, string>>, instant: string | null): readonly Sample[] =>
  instant === null ? [] : [[labels, Date.parse(instant) / 1000]];
