import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface Seen {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

/** An HTTP server on loopback with ranges and ETags, and one-time misbehaviour on demand. */
export class ModelServer {
  readonly files = new Map<string, Buffer>();
  readonly seen: Seen[] = [];
  private readonly planned = new Map<string, Answer[]>();
  private readonly server: Server;
  private cut: { readonly atByte: number; readonly end: () => void } | null = null;

  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${path}`;
  }

  /** Answers the next requests for a path so, before the ordinary answer returns. */
  plan(path: string, ...answers: readonly Answer[]): void {
    this.planned.set(path, [...answers]);
  }

  /** Sends the right headers and `bytes` of the body; ends the connection when the client says that it has them. */
  cutAfter(bytes: number): Answer {
    return (request, response, body) => {
      const offset = serveHead(request, response, body);
      response.write(body.subarray(offset, offset + bytes));
      this.cut = { atByte: offset + bytes, end: () => response.destroy() };
    };
  }

  /** To be called with what the client has received. */
  received(bytes: number): void {
    if (this.cut === null || bytes < this.cut.atByte) return;
    const { end } = this.cut;
    this.cut = null;
    end();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').slice(1);
    const { range, 'if-range': ifRange } = request.headers;
    this.seen.push({ path, range, ifRange: ifRange as string | undefined });
    const body = this.files.get(path);
    const planned = this.planned.get(path)?.shift();
    if (planned) planned(request, response, body ?? Buffer.alloc(0));
    else if (body) serve(request, response, body);
    else fail(404)(request, response, Buffer.alloc(0));
  }
}

export const tagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

/** The ordinary answer. */
export const serve: Answer = (request, response, body) => {
  const offset = serveHead(request, response, body);
  response.end(response.statusCode === 416 ? '' : body.subarray(offset));
};

export const ignoreRange: Answer = (_request, response, body) => {
  response.writeHead(200, { 'content-length': body.length, etag: tagOf(body) });
  response.end(body);
};

/** No length is announced: the end of the chunks is the end of the file. */
export const chunked: Answer = (_request, response, body) => {
  response.writeHead(200, { etag: tagOf(body) });
  for (let at = 0; at < body.length; at += 65_536) response.write(body.subarray(at, at + 65_536));
  response.end();
};

export const fail =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end('sorry');
  };

export const redirect = (location: string, status = 302) => fail(status, { location });

/** Begins and then says nothing more. */
export const stallAfter =
  (bytes: number): Answer =>
  (request, response, body) => {
    const offset = serveHead(request, response, body);
    response.write(body.subarray(offset, offset + bytes));
  };

/** @returns the offset from which the body is to be sent. */
function serveHead(request: IncomingMessage, response: ServerResponse, body: Buffer): number {
  const etag = tagOf(body);
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  if (!asked || (ifRange !== undefined && ifRange !== etag)) {
    response.writeHead(200, { 'content-length': body.length, etag });
    return 0;
  }
  const offset = Number(asked[1]);
  if (offset >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}`, etag });
    return body.length;
  }
  response.writeHead(206, {
    'content-length': body.length - offset,
    'content-range': `bytes ${offset}-${body.length - 1}/${body.length}`,
    etag,
  });
  return offset;
}
