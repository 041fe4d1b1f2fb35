import { appendFile, chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledModels } from '../../src/paths.js';
import { makeAuthority } from '../support/certificates.js';
import { freePort, startMosquitto } from '../support/mosquitto.js';
import { needs } from '../support/needs.js';
import { causes, healthyCamera, openWard, type Ward } from './ward.js';

let ward: Ward;
const servers: Server[] = [];

beforeEach(async () => {
  ward = await openWard();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await ward.remove();
});

function listen<S extends Server>(server: S): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const withCamera = (source: string) => ({ cameras: [{ ...healthyCamera, source }] });

describe('the doctor', () => {
  it('finds nothing wrong with a healthy node, and says what it saw', async () => {
    const findings = await ward.diagnose();
    expect(causes(findings)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      'board',
      'temperature',
      'clock',
      'configuration',
      'profile',
      'devices',
      'disk',
      'secrets',
      'model',
      'provider',
      'prompts leaf',
      'camera leaf',
      'broker',
      'ports',
    ]);
    const said = Object.fromEntries(findings.map(({ check, message }) => [check, message]));
    expect(said.board).toMatch(/^NVIDIA Jetson Orin Nano; Node\.js v/);
    expect(said.provider).toMatch(/^cpu runs fp32, \d+ ms for one tile$/);
    expect(said['camera leaf']).toMatch(/^\d+x\d+ pixels in \d+ ms$/);
  });

  it('gives a remedy for all that is wrong', async () => {
    const findings = await ward.diagnose({ ...withCamera('folder:empty'), providers: ['cuda'], model: 'nowhere' });
    for (const { cause, remedy } of findings) expect(remedy === null).toBe(cause === null);
  });

  it('names a configuration that is not valid, and skips what would need it', async () => {
    await writeFile(join(ward.dir, 'fieldscout.yaml'), 'cameras:\n  - id: leaf\n    sorce: sim:leaf\n');
    const findings = await ward.diagnoseFile();
    expect(causes(findings)).toEqual(['fail config-invalid']);
    expect(findings.filter(({ verdict }) => verdict === 'skipped')).toHaveLength(9);
  });

  it('tells what the profile of the board says to people, and that nobody measured it', async () => {
    const findings = await ward.diagnose({ device: 'jetson-orin-nx', providers: ['cpu'] });
    expect(causes(findings)).toEqual([]);
    expect(findings.find(({ check }) => check === 'profile')?.message).toBe(
      'NVIDIA Jetson Orin NX, because the configuration names it; nothing of it was measured on such a board; the whole node should stay ' +
        'within 4096 MiB; cameras that suit it: argus, v4l2, rtsp; power modes: 15W, 25W, MAXN; JetPack 6.2 brings Super mode with its own ' +
        'names; sudo nvpmodel -q lists those of this board',
    );
  });

  it('names a device profile that there is none of, and examines the rest as on an unnamed board', async () => {
    const findings = await ward.diagnose({ device: 'jetson-nano', providers: ['cpu'] });
    expect(causes(findings)).toEqual(['fail profile-unknown']);
    expect(findings.at(-1)?.check).toBe('ports');
  });

  it('names a model that is not there', async () => {
    expect(causes(await ward.diagnose({ model: 'clip-vit-b32' }))).toEqual(['fail model-missing']);
  });

  it('names a model whose files have changed', async () => {
    await cp(join(bundledModels, 'scout-tiny'), join(ward.dir, 'model'), { recursive: true });
    await appendFile(join(ward.dir, 'model/tokenizer.json'), '\n');
    expect(causes(await ward.diagnose({ model: './model' }))).toEqual(['fail model-damaged']);
  });

  it('names a provider that runs nothing here, by a real inference', async () => {
    expect(causes(await ward.diagnose({ providers: ['tensorrt'] }))).toEqual(['fail provider-unavailable']);
  });

  it('names a provider that another one has to stand in for', async () => {
    expect(causes(await ward.diagnose({ providers: ['tensorrt', 'cpu'] }))).toEqual(['warn provider-fallback']);
  });

  it('names a camera of no known kind', async () => {
    expect(causes(await ward.diagnose(withCamera('telepathy:leaf')))).toEqual(['fail camera-invalid']);
  });

  it('names a camera that does not answer', async () => {
    const source = `http://127.0.0.1:${await freePort()}/still.jpg`;
    expect(causes(await ward.diagnose(withCamera(source)))).toEqual(['fail camera-offline']);
  });

  it('names a camera that answers with something else than a picture', async () => {
    const login = createServer((_request, response) => {
      response.setHeader('content-type', 'image/jpeg');
      response.end('<html>please log in</html>');
    });
    const source = `http://127.0.0.1:${await listen(login)}/still.jpg`;
    expect(causes(await ward.diagnose(withCamera(source)))).toEqual(['fail camera-unreadable']);
  });

  it('names a camera that gives nothing and says nothing', async () => {
    await mkdir(join(ward.dir, 'empty'));
    expect(causes(await ward.diagnose(withCamera('folder:empty')))).toEqual(['warn camera-silent']);
  });

  it('names a prompt set that is not there', async () => {
    const cameras = [{ ...healthyCamera, prompts: ['insects/unicorns'] }];
    expect(causes(await ward.diagnose({ cameras }))).toEqual(['fail prompts-invalid']);
  });

  it('names a broker that is not there', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    expect(causes(await ward.diagnose({ mqtt: { url } }))).toEqual(['fail broker-unreachable']);
  });

  it('names a password that is not there', async () => {
    const mqtt = { url: 'mqtt://127.0.0.1:1', username: 'scout', passwordFile: 'absent.txt' };
    expect(causes(await ward.diagnose({ mqtt }))).toEqual(['fail secret-missing', 'fail broker-secret']);
  });

  it('names a password that others may read', async () => {
    await writeFile(join(ward.dir, 'password.txt'), 'secret');
    await chmod(join(ward.dir, 'password.txt'), 0o644);
    const broker = { username: 'farm', passwordFile: 'password.txt' };
    expect(causes(await ward.diagnose({ broker }))).toEqual(['warn secret-exposed']);
    await chmod(join(ward.dir, 'password.txt'), 0o600);
    expect(causes(await ward.diagnose({ broker }))).toEqual([]);
  });

  it('names a port that another program has', async () => {
    const port = await listen(createTcpServer());
    expect(causes(await ward.diagnose({ dashboard: { port } }))).toEqual(['warn port-taken']);
  });

  it('names a clock that no time server has set, and one that cannot be right', async () => {
    const clock = async () => 'unsynchronised' as const;
    expect(causes(await ward.diagnose({}, { clock }))).toEqual(['warn clock-unsynchronised']);
    expect(causes(await ward.diagnose({}, { now: () => 0 }))).toEqual(['fail clock-wrong']);
  });

  it('names a disk with too little space', async () => {
    expect(causes(await ward.diagnose({ storage: { minFreeBytes: 1e15 } }))).toEqual(['warn disk-low']);
  });

  it('names a place for its state that is none', async () => {
    await writeFile(join(ward.dir, 'a-file'), '');
    const findings = await ward.diagnose({ storage: { dir: 'a-file/state', minFreeBytes: 0 } });
    expect(causes(findings)).toEqual(['fail storage-unusable']);
  });

  it.each([
    [60, []],
    [80, ['warn temperature-high']],
    [95, ['fail temperature-high']],
  ])('judges a board of %d degrees', async (celsius, expected) => {
    await ward.heat('cpu-thermal', celsius);
    expect(causes(await ward.diagnose())).toEqual(expected);
  });

  it('names devices that this user may not use, the worse where the node needs one', async () => {
    const machine = { mayUse: async (path: string) => path !== '/dev/video0' };
    expect(causes(await ward.diagnose({}, machine))).toEqual(['warn device-denied']);
    const [devices] = (await ward.diagnose({ providers: ['webgpu', 'cpu'] }, machine)).filter(
      ({ check }) => check === 'devices',
    );
    expect(devices).toMatchObject({ verdict: 'fail', message: 'this user may not use /dev/video0' });
  });

  describe('with a real broker', needs('mosquitto', 'openssl'), () => {
    const secret = async (text: string) => {
      await writeFile(join(ward.dir, 'password.txt'), text, { mode: 0o600 });
      return { username: 'scout', passwordFile: 'password.txt' };
    };

    it('names a login that the broker refuses', async () => {
      const broker = await startMosquitto({ users: { scout: 'right' } });
      try {
        const mqtt = { url: broker.url, ...(await secret('wrong')) };
        expect(causes(await ward.diagnose({ mqtt }))).toEqual(['fail broker-login']);
        expect(causes(await ward.diagnose({ mqtt: { ...mqtt, ...(await secret('right')) } }))).toEqual([]);
      } finally {
        await broker.stop();
      }
    });

    it.each([4, 5])('names access rules that keep the node silent, in protocol version %d', async (protocolVersion) => {
      const broker = await startMosquitto({ users: { scout: 'right' }, acl: 'user scout\ntopic read #\n' });
      try {
        const mqtt = { url: broker.url, protocolVersion, ...(await secret('right')) };
        expect(causes(await ward.diagnose({ mqtt }))).toEqual(['fail broker-forbidden']);
      } finally {
        await broker.stop();
      }
    });

    it('names a certificate of an authority that it does not know', async () => {
      const [ours, theirs] = [makeAuthority('ours'), makeAuthority('theirs')];
      const broker = await startMosquitto({ tls: { ca: theirs.ca, ...theirs.issue('localhost') } });
      try {
        const mqtt = { url: broker.url, caFile: ours.ca };
        expect(causes(await ward.diagnose({ mqtt }))).toEqual(['fail broker-certificate']);
        expect(causes(await ward.diagnose({ mqtt: { ...mqtt, caFile: theirs.ca } }))).toEqual([]);
      } finally {
        await broker.stop();
        ours.remove();
        theirs.remove();
      }
    });
  });
});
