import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type PageStage } from './page-stage.js';
import { facts } from './payloads.js';

let stage: PageStage;
let stuck: readonly string[] = [];
let notReady: readonly string[] = [];

beforeEach(async () => {
  stuck = [];
  notReady = [];
  stage = await openStage({ allowedHosts: ['scout.farm.example'] }, () => facts, mkdtempSync(join(tmpdir(), 'page-')), {
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'fieldscout_warnings 0\n' }),
    stuck: () => stuck,
    notReady: async () => notReady,
  });
});
afterEach(() => stage.stop());

function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; type: string | undefined; body: string }>((resolve, reject) => {
    const call = request(`${stage.url}${path}`, { headers: { connection: 'close', ...headers } }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], body }),
      );
    });
    call.on('error', reject).end();
  });
}

describe('the routes of operation', () => {
  it("gives Prometheus its text, in Prometheus' own type", async () => {
    expect(await ask('/metrics')).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: 'fieldscout_warnings 0\n',
    });
  });

  it('say 200 while all is well', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, body } = await ask(path);
      expect([status, JSON.parse(body)]).toEqual([200, { ok: true, reasons: [] }]);
    }
  });

  it('tell a node that hangs from one that merely has nothing to do', async () => {
    notReady = ['no camera gives frames: leaf'];
    expect((await ask('/healthz')).status).toBe(200);
    const { status, body } = await ask('/readyz');
    expect([status, JSON.parse(body)]).toEqual([503, { ok: false, reasons: notReady }]);
    stuck = ['the inference worker has not answered for 100 s'];
    expect((await ask('/healthz')).status).toBe(503);
  });

  it.each(['/metrics', '/healthz', '/readyz'])(
    'refuse a foreign host and origin at %s, and know a configured name',
    async (path) => {
      expect((await ask(path, { host: 'evil.example' })).status).toBe(403);
      expect((await ask(path, { origin: 'http://evil.example' })).status).toBe(403);
      expect((await ask(path, { host: 'scout.farm.example:9090' })).status).toBe(200);
    },
  );
});
