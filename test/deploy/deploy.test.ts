import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { METRIC_NAMES } from '../../src/telemetry/metrics.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deploy = join(root, 'deploy');
const text = (file: string) => readFileSync(join(deploy, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly restart?: string;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: object;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** What prepare.sh makes; the rest of what is mounted lies in the repository. */
const MADE = /^\.\/certificates\//;

describe('compose.yaml', () => {
  const compose = parse(text('compose.yaml')) as Compose;
  const services = Object.entries(compose.services);

  it('names nothing that it does not define', () => {
    for (const [, service] of services) {
      for (const name of service.networks ?? []) expect(compose.networks).toHaveProperty(name);
      for (const name of service.secrets ?? []) expect(compose.secrets).toHaveProperty(name);
      for (const name of service.depends_on ?? []) expect(compose.services).toHaveProperty(name);
      for (const [source = ''] of (service.volumes ?? []).map((volume) => volume.split(':')))
        if (!source.startsWith('.')) expect(compose.volumes).toHaveProperty(source);
    }
  });

  it('mounts files that are there', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] as string));
    const files = [...mounted, ...Object.values(compose.secrets).map(({ file }) => file)];
    for (const file of files.filter((name) => name.startsWith('./') && !MADE.test(name)))
      expect(existsSync(join(deploy, file)), file).toBe(true);
    const script = text('prepare.sh');
    for (const file of files.filter((name) => MADE.test(name)))
      expect(script).toContain(/password$/.test(file) ? '.password' : (file.split('/').at(-1) as string));
  });

  it('gives every container a version, a way back up, and few rights', () => {
    for (const [name, service] of services) {
      if (!service.build) expect(service.image, name).toMatch(/^docker\.io\/[\w./-]+:v?\d+\.\d+(\.\d+)?$/);
      expect(service.restart).toBe('unless-stopped');
      expect([service.privileged, service.cap_drop]).toEqual([undefined, ['ALL']]);
      expect(service.security_opt).toContain('no-new-privileges:true');
    }
  });

  it('opens the broker, which has logins, to others; the page, which has none, to this machine alone', () => {
    const ports = services.flatMap(([name, { ports: open = [] }]) => open.map((port) => `${name} ${port}`));
    expect(ports).toEqual(['broker 8883:8883', 'fieldscout 127.0.0.1:8080:8080', 'grafana 127.0.0.1:3000:3000']);
  });

  it('runs a node whose configuration is valid, and which Prometheus may ask', async () => {
    const { config } = await loadConfig(join(deploy, 'fieldscout.yaml'), deploy);
    const { scrape_configs: jobs } = parse(text('prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const [target = ''] = jobs.flatMap((job) => job.static_configs.flatMap(({ targets }) => targets));
    const [host, port] = target.split(':');
    expect(compose.services).toHaveProperty(host as string);
    expect([config.dashboard.allowedHosts, String(config.dashboard.port)]).toEqual([[host], port]);
    expect(config.mqtt.username).toBe(config.node); // the access list goes by the login
  });
});

describe('the Containerfile', () => {
  const lines = text('Containerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));
  const said = (instruction: string) => last.filter((line) => line.startsWith(`${instruction} `));

  it('builds in one stage and runs in another, both from a base of a named version', () => {
    const bases = lines.filter((line) => line.startsWith('FROM'));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^FROM docker\.io\/library\/node:\d+\.\d+\.\d+-\w+-slim( AS \w+)?$/);
  });

  it('runs as a user of its own, without a shell, and can be asked how it is', () => {
    expect(said('USER')).toEqual(['USER 10001:10001']);
    expect(JSON.parse(said('ENTRYPOINT')[0]?.slice('ENTRYPOINT '.length) ?? '')).toContain('node');
    expect(said('HEALTHCHECK')[0]).toMatch(/ CMD \["node", "\/opt\/fieldscout\/deploy\/healthcheck\.mjs"\]$/);
    expect(lines.filter((line) => /^ADD |sudo|curl|:latest/.test(line))).toEqual([]);
  });

  it('has the programs of the cameras that work in a container', () => {
    const [install = ''] = said('RUN').filter((line) => line.includes('apt-get'));
    const [, names = ''] = /apt-get install -y --no-install-recommends ([^&]*)&&/.exec(install) ?? [];
    expect(names.trim().split(' ')).toEqual(['ffmpeg', 'v4l-utils']);
    expect(install).toMatch(/rm -rf \/var\/lib\/apt\/lists\/\*$/);
    const documents = ['docs/cameras.md', 'README.md'].map((path) => readFileSync(join(root, path), 'utf8'));
    for (const document of documents) for (const name of ['ffmpeg', 'v4l-utils']) expect(document).toContain(name);
  });

  it('takes along all that a node runs from', () => {
    const taken = said('COPY').join(' ');
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
    expect(Object.keys(dependencies).length).toBeGreaterThan(0);
    for (const part of [
      'package.json',
      'devices',
      'node_modules',
      'bin',
      'dist',
      'models',
      'prompts',
      'systemd',
      'LICENSE',
      'NOTICE',
    ])
      expect(taken).toContain(`/opt/fieldscout/${part}`);
  });
});

describe('healthcheck.mjs', () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('ends a container check of a node that answers %d with %d', async (status, code) => {
    const server = createServer((_request, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
    const [ended] = await once(spawn(process.execPath, [join(deploy, 'healthcheck.mjs'), url]), 'exit');
    server.close();
    expect(ended).toBe(code);
  });
});

describe('dashboards and alerts', () => {
  const known = new Set(METRIC_NAMES.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
  const ofProcess = ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'];
  const named = (expression: string) => expression.match(/\b(fieldscout|process|nodejs)_\w+/g) ?? [];
  const dashboards = readdirSync(join(deploy, 'grafana/dashboards')).map(
    (file) => JSON.parse(text(`grafana/dashboards/${file}`)) as Dashboard,
  );

  interface Dashboard {
    readonly uid: string;
    readonly panels: readonly {
      readonly id: number;
      readonly gridPos: { readonly x: number; readonly w: number };
      readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
    }[];
  }

  it('ask for metrics that the node tells', () => {
    const { groups } = parse(text('prometheus/alerts.yml')) as { groups: { rules: { expr: string }[] }[] };
    const expressions = [
      ...dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
      ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ];
    const asked = expressions.flatMap(named);
    expect(asked.filter((name) => !known.has(name) && !ofProcess.includes(name))).toEqual([]);
    expect(new Set(asked).size).toBeGreaterThan(15);
  });

  it('fit on the page, and ask the data source that is set up', () => {
    const { datasources } = parse(text('grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { uid: string }[];
    };
    for (const { panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { gridPos, targets } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (const { datasource } of targets) expect(datasource.uid).toBe(datasources[0]?.uid);
      }
    }
  });
});
