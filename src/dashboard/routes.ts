import type { AddressInfo } from 'node:net';
import staticFiles from '@fastify/static';
import websocket from '@fastify/websocket';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { createWebSocketStream } from 'ws';
import type { DashboardParts } from './dashboard-server.js';
import { nodeInfo } from './node-info.js';
import { refusal } from './origin-guard.js';
import type { RecentFrame } from './recent-frames.js';
import { SECURITY_HEADERS } from './security-headers.js';

const MQTT_PROTOCOL = 'mqtt';
/** Browsers only subscribe: CONNECT, SUBSCRIBE and acknowledgements are all small. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_DISTINCT_WARNINGS = 50;

/** Every route of the page's server, ready to listen. */
export async function buildRoutes(parts: DashboardParts): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 1024, requestTimeout: 30_000 });
  addGuard(app, parts);
  await app.register(websocket, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (offered) => (offered.has(MQTT_PROTOCOL) ? MQTT_PROTOCOL : false),
    },
    errorHandler: (error, socket) => {
      parts.log.warn(`A browser's MQTT connection ended: ${error.message}.`);
      socket.terminate();
    },
    preClose(this: FastifyInstance, done: () => void) {
      for (const client of this.websocketServer.clients) client.terminate();
      this.websocketServer.close(() => done());
    },
  });
  addPage(app, parts.pageDir);
  addApi(app, parts);
  addMqttDoor(app, parts);
  app.setNotFoundHandler((request, reply) => reply.code(404).send({ error: `There is nothing at ${request.url}.` }));
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) parts.log.warn(`The page's server failed: ${error.message}.`);
    return reply.code(status).send({ error: status >= 500 ? 'The server failed; its log says why.' : error.message });
  });
  return app;
}

/** Runs before everything, on HTTP requests and WebSocket upgrades alike. */
function addGuard(app: FastifyInstance, { settings, log }: DashboardParts): void {
  const warned = new Set<string>();
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const { port } = app.server.address() as AddressInfo;
    const hosts = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
    const line =
      hosts.length > 1
        ? 'Refused: the request names several hosts.'
        : refusal(request.headers, { host: settings.host, port, allowedHosts: settings.allowedHosts });
    if (line === null) return;
    if (!warned.has(line) && warned.size < MAX_DISTINCT_WARNINGS) {
      warned.add(line);
      log.warn(line);
    }
    return reply.code(403).type('text/plain').send(`${line}\n`);
  });
}

function addPage(app: FastifyInstance, pageDir: string): void {
  app.register(staticFiles, {
    root: pageDir,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      // The build writes a content hash into the names of assets; index.html names the newest ones.
      reply.setHeader(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-store',
      );
    },
  });
}

function addApi(app: FastifyInstance, { node, frames, findings }: DashboardParts): void {
  app.get('/api/node', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(nodeInfo(node(), findings.now())),
  );
  app.get<{ Params: { camera: string } }>('/api/cameras/:camera/latest.jpg', async ({ params }, reply) =>
    sendFrame(reply, frames.latest(params.camera), `Camera ${params.camera} has given no picture yet.`),
  );
  app.get<{ Params: { camera: string; file: string } }>(
    '/api/cameras/:camera/frames/:file',
    async ({ params }, reply) => {
      const id = params.file.replace(/\.jpg$/, '');
      return sendFrame(
        reply,
        frames.get(params.camera, id),
        `Frame ${id} of camera ${params.camera} is not kept any more.`,
      );
    },
  );
}

async function sendFrame(reply: FastifyReply, frame: RecentFrame | undefined, absent: string): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  if (!frame) return reply.code(404).send({ error: absent });
  return reply
    .type('image/jpeg')
    .header('x-frame-id', encodeURIComponent(frame.id))
    .send(Buffer.from(frame.jpeg.buffer, frame.jpeg.byteOffset, frame.jpeg.byteLength));
}

function addMqttDoor(app: FastifyInstance, { onMqttStream }: DashboardParts): void {
  app.route({
    method: 'GET',
    url: '/mqtt',
    websocket: true,
    preValidation: async (request, reply) => {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      if (!request.ws) return reply.code(426).send({ error: 'This address speaks MQTT over WebSocket.' });
      if (!offered.includes(MQTT_PROTOCOL))
        return reply.code(400).send({ error: `Offer the WebSocket subprotocol "${MQTT_PROTOCOL}".` });
    },
    handler: (socket) => {
      const stream = createWebSocketStream(socket);
      // Told by the plugin's errorHandler; without a listener of its own the stream's copy would end the process.
      stream.on('error', () => socket.terminate());
      onMqttStream(stream);
    },
  });
}
