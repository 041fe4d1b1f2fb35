import type { FastifyInstance } from 'fastify';

/** What watchers of the node ask: Prometheus, a container engine, a load balancer. */
export interface Operation {
  /** One scrape. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Parts that hang, one line each; none where the node lives. */
  stuck(): readonly string[];
  /** Why the node does not do its work now, one line each; none where frames flow and findings go out or wait on the disk. */
  notReady(): Promise<readonly string[]>;
}

const UNAVAILABLE = 503;

/** `/metrics` (Prometheus), `/healthz` (does it live?) and `/readyz` (does it work?), guarded as the page is. */
export function addOperation(app: FastifyInstance, operation: Operation): void {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await operation.metrics();
    return reply.header('cache-control', 'no-store').type(contentType).send(text);
  });
  const answers = {
    '/healthz': async () => operation.stuck(),
    '/readyz': () => operation.notReady(),
  };
  for (const [path, ask] of Object.entries(answers)) {
    app.get(path, async (_request, reply) => {
      const reasons = await ask();
      const ok = reasons.length === 0;
      return reply
        .header('cache-control', 'no-store')
        .code(ok ? 200 : UNAVAILABLE)
        .send({ ok, reasons });
    });
  }
}
