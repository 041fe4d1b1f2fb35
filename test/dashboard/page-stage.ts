import { Aedes } from 'aedes';
import { DashboardServer, type DashboardSettings } from '../../src/dashboard/dashboard-server.js';
import type { NodeFacts } from '../../src/dashboard/node-info.js';
import type { Operation } from '../../src/dashboard/operation-routes.js';
import { RecentFindings } from '../../src/dashboard/recent-findings.js';
import { RecentFrames } from '../../src/dashboard/recent-frames.js';

export interface PageStage {
  readonly url: string;
  readonly broker: Aedes;
  readonly frames: RecentFrames;
  readonly findings: RecentFindings;
  readonly lines: readonly string[];
  /** Publishes as a node would; `payload` is sent as JSON unless it is a text. */
  say(topic: string, payload: unknown, retain?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** A node with which all is well. */
const working: Operation = {
  metrics: async () => ({ contentType: 'text/plain', text: '' }),
  stuck: () => [],
  notReady: async () => [],
};

/** A real dashboard server with a real broker behind its WebSocket door. */
export async function openStage(
  settings: Partial<DashboardSettings>,
  node: () => NodeFacts,
  pageDir: string,
  operation: Operation = working,
): Promise<PageStage> {
  const broker = await Aedes.createBroker();
  const frames = new RecentFrames();
  const findings = new RecentFindings();
  const lines: string[] = [];
  const server = new DashboardServer({
    settings: { host: '127.0.0.1', port: undefined, allowedHosts: [], ...settings },
    pageDir,
    node,
    frames,
    findings,
    operation,
    onMqttStream: (stream) => broker.handle(stream),
    log: { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
  });
  const url = await server.start();
  return {
    url,
    broker,
    frames,
    findings,
    lines,
    say: (topic, payload, retain = false) =>
      new Promise((resolve, reject) => {
        const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
        broker.publish({ cmd: 'publish', topic, payload: text, qos: 0, dup: false, retain }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    async stop() {
      await server.stop();

      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}
