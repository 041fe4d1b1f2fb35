import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import staticFiles from '@fastify/static';
import websocket from '@fastify/websocket';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { createWebSocketStream } from 'ws';
import type { DashboardParts } from './dashboard-server.js';
import { nodeInfo } from './node-info.js';
import { addOperation } from './operation-routes.js';
import { refusal } from './origin-guard.js';
import type { RecentFrame } from './recent-frames.js';
import { SECURITY_HEADERS } from './security-headers.js';

const MQTT_PATH = '/mqtt';
const MQTT_PROTOCOL = 'mqtt';
/** Browsers only subscribe: CONNECT, SUBSCRIBE and acknowledgements are all small. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_DISTINCT_WARNINGS = 50;

/** Every route of the page's server, ready to listen. */
export async function buildRoutes(parts: DashboardParts): Promise<FastifyInstance> {
  const refused = guard(parts);
  const app: FastifyInstance = fastify({
    forceCloseConnections: true,
    bodyLimit: 1024,
    requestTimeout: 30_000,
    // A path that is no URL passes no hook.
    frameworkErrors: (error, request, reply) => {
      reply.raw.once('finish', () => request.raw.socket.destroySoon());
      if (!refused(request, reply)) sendError(reply, error.statusCode ?? 400, error.message);
    },
  });
  // Node forgets a socket that was upgraded, and a server waits for every one before it is closed.
  const sockets = new Set<Socket>();
  app.server.on('upgrade', ({ socket }: IncomingMessage) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
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
      for (const socket of sockets) socket.destroy();
      this.websocketServer.close(() => done());
    },
  });
  // After the plugin's own hook, which marks upgrades: it ends their sockets once they are answered.
  app.addHook('onRequest', async (request, reply) => (refused(request, reply) ? reply : undefined));
  addMqttDoor(app, parts);
  addApi(app, parts);
  addOperation(app, parts.operation);
  addPage(app, parts.pageDir);
  app.setNotFoundHandler((request, reply) => sendNothingThere(request, reply));
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) parts.log.warn(`The page's server failed: ${error.message}.`);
    return reply.code(status).send({ error: status >= 500 ? 'The server failed; its log says why.' : error.message });
  });
  return app;
}

const sendNothingThere = (request: FastifyRequest, reply: FastifyReply) =>
  sendError(reply, 404, `There is nothing at ${request.url}.`);

const sendError = (reply: FastifyReply, status: number, error: string) => reply.code(status).send({ error });

/** Runs before everything, on HTTP requests and WebSocket upgrades alike; answers those that it refuses. */
function guard({ settings, log }: DashboardParts): (request: FastifyRequest, reply: FastifyReply) => boolean {
  const warned = new Set<string>();
  return (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const { port } = request.server.server.address() as AddressInfo;
    const hosts = request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
    const line =
      hosts.length > 1
        ? 'Refused: the request names several hosts.'
        : refusal(request.headers, { host: settings.host, port, allowedHosts: settings.allowedHosts });
    if (line === null) return false;
    if (!warned.has(line) && warned.size < MAX_DISTINCT_WARNINGS) {
      warned.add(line);
      log.warn(line);
    }
    void reply.code(403).type('text/plain').send(`${line}\n`);
    return true;
  };
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
  // The plugin would accept an upgrade at every other route and then close it.
  app.addHook('onRequest', async (request, reply) =>
    request.ws && request.routeOptions.url !== MQTT_PATH ? sendNothingThere(request, reply) : undefined,
  );
  app.route({
    method: 'GET',
    url: MQTT_PATH,
    websocket: true,
    preValidation: async (request, reply) => {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
      if (!request.ws) return reply.code(426).send({ error: 'This address speaks MQTT over WebSocket.' });
      if (!offered.includes(MQTT_PROTOCOL))
        return reply.code(400).send({ error: `Offer the WebSocket subprotocol ${MQTT_PROTOCOL}.` });
    },
    handler: (socket) => {
      const stream = createWebSocketStream(socket);
      // Told by the plugin's errorHandler; without a listener of its own the stream's copy would end the process.
      stream.on('error', () => socket.terminate());
      onMqttStream(stream);
    },
  });
}
