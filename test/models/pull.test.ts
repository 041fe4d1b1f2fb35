import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { type PullOptions, pull } from '../../src/models/pull.js';
import type { RegistryEntry } from '../../src/models/registry.js';
import { verify } from '../../src/models/verify.js';
import { chunked, fail, ignoreRange, ModelServer, redirect, serve, stallAfter, tagOf } from './model-server.js';
import { bytes, serveModel, sha256, withFile } from './tiny-entry.js';

const VISION = 'onnx/vision_model.onnx';

let server: ModelServer;
let into: string;
let pauses: number[];

beforeEach(async () => {
  server = new ModelServer();
  await server.start();
  into = await mkdtemp(join(tmpdir(), 'pull-'));
  pauses = [];
});

afterEach(async () => {
  await server.stop();
  await rm(into, { recursive: true, force: true });
});

const pullHere = (entry: RegistryEntry, options: Partial<PullOptions> = {}) =>
  pull(entry, {
    into,
    onProgress: ({ receivedBytes }) => server.received(receivedBytes),
    sleep: async (ms) => void pauses.push(ms),
    ...options,
  });

const failureOf = async (work: Promise<unknown>): Promise<FieldscoutError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FieldscoutError)) throw new Error(`no FieldscoutError but ${error}`);
  return error;
};

const visionRequests = () => server.seen.filter(({ path }) => path === VISION);
const installed = (path: string) => readFile(join(into, 'tiny', path));
const partial = (path: string) => join(into, '.partial', 'tiny', 'files', path);

describe('pull', () => {
  it('installs a model with a manifest that holds the hashes', async () => {
    const { dir, manifest, unchecked } = await pullHere(serveModel(server));
    expect(dir).toBe(join(into, 'tiny'));
    expect(unchecked).toEqual([]);
    expect(manifest).toEqual({
      id: 'tiny',
      kind: 'clip',
      logitScale: 50,
      logitBias: 0,
      embeddingSize: 8,
      maxTokens: 16,
      licence: 'MIT',
      source: 'https://models.example/tiny',
      note: '',
      negatives: [],
      centreSampled: false,
      unchecked: [],
      files: Object.fromEntries(
        [...server.files].map(([path, body]) => [path, { sha256: sha256(body), bytes: body.length }]),
      ),
    });
    expect((await openModelFolder('tiny', { searchDirs: [into] })).calibration.logitScale).toBe(50);
    expect((await verify(dir)).ok).toBe(true);
    expect(await readdir(join(into, '.partial', 'tiny'))).toEqual([]);
  });

  it('says which hashes nobody has checked', async () => {
    const { manifest, unchecked } = await pullHere(serveModel(server, { hashes: false }));
    expect(unchecked).toEqual([...server.files.keys()]);
    expect(manifest.unchecked).toEqual(unchecked);
    expect((await openModelFolder('tiny', { searchDirs: [into] })).unchecked).toEqual(unchecked);
    expect(manifest.files[VISION]?.sha256).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('goes on after a connection that was cut mid-body', async () => {
    const entry = serveModel(server, { hashes: false });
    server.plan(VISION, server.cutAfter(70_000), server.cutAfter(50_000));
    await pullHere(entry);
    const ifRange = tagOf(bytes(200_000, 'vision'));
    expect(visionRequests()).toEqual([
      { path: VISION, range: undefined, ifRange: undefined },
      { path: VISION, range: 'bytes=70000-', ifRange },
      { path: VISION, range: 'bytes=120000-', ifRange },
    ]);
    expect(pauses).toEqual([500, 500]);
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('goes on where a stopped pull ended', async () => {
    const entry = serveModel(server, { hashes: false });
    const stop = new AbortController();
    server.plan(VISION, stallAfter(80_000));
    const stopped = pullHere(entry, {
      signal: stop.signal,
      onProgress: ({ receivedBytes }) => receivedBytes === 80_000 && stop.abort(),
    });
    expect((await failureOf(stopped)).line).toBe(
      `Stopped while fetching ${server.url(VISION)}. Pull again to go on: what has arrived is kept. [DOWNLOAD_FAILED]`,
    );
    expect(existsSync(join(into, 'tiny'))).toBe(false);
    await pullHere(entry);
    expect(visionRequests()[1]?.range).toBe('bytes=80000-');
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('trusts no bytes that a power cut may have left as zeros', async () => {
    const entry = serveModel(server, { hashes: false });
    server.plan(VISION, server.cutAfter(70_000), fail(404));
    await failureOf(pullHere(entry));
    await appendFile(partial(VISION), Buffer.alloc(30_000));
    await pullHere(entry);
    expect(visionRequests()[2]?.range).toBe('bytes=70000-');
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('does not fetch again what an earlier pull had whole', async () => {
    const entry = serveModel(server);
    server.plan('onnx/text_model.onnx', fail(404));
    await failureOf(pullHere(entry));
    await pullHere(entry);
    expect(visionRequests()).toHaveLength(1);
  });

  it('begins anew when the server ignores the range', async () => {
    const entry = serveModel(server);
    server.plan(VISION, server.cutAfter(70_000), ignoreRange);
    await pullHere(entry);
    expect(visionRequests()[1]?.range).toBe('bytes=70000-');
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('begins anew when the file has changed in between', async () => {
    const entry = serveModel(server, { hashes: false });
    const changed = bytes(150_000, 'changed');
    server.plan(VISION, (request, response, body) => {
      server.cutAfter(70_000)(request, response, body);
      server.files.set(VISION, changed);
    });
    await pullHere(entry);
    expect(sha256(await installed(VISION))).toBe(sha256(changed));
  });

  it('never joins parts of two files, even if the server would', async () => {
    const entry = serveModel(server, { hashes: false });
    const changed = bytes(200_000, 'changed');
    server.plan(VISION, server.cutAfter(70_000), (request, response) => {
      server.files.set(VISION, changed);
      delete request.headers['if-range'];
      serve(request, response, changed);
    });
    await pullHere(entry);
    expect(visionRequests().map(({ range }) => range)).toEqual([undefined, 'bytes=70000-', undefined]);
    expect(sha256(await installed(VISION))).toBe(sha256(changed));
  });

  it('takes the server at its word when all bytes were there before the cut', async () => {
    const entry = serveModel(server, { hashes: false });
    await failureOf(pullHere(entry, { attempts: 1, signal: AbortSignal.abort() }));
    const stop = new AbortController();
    await failureOf(
      pullHere(entry, {
        signal: stop.signal,
        onProgress: ({ receivedBytes }) => receivedBytes === 200_000 && stop.abort(),
      }),
    );
    await pullHere(entry);
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('refuses a file with a wrong hash, deletes it and keeps the model that was there', async () => {
    const entry = serveModel(server);
    await pullHere(entry);
    const expected = 'ab'.repeat(32);
    const error = await failureOf(pullHere(withFile(entry, VISION, { sha256: expected })));
    expect(error.code).toBe('MODEL_HASH_MISMATCH');
    expect(error.message).toBe(
      `${server.url(VISION)} is not the file that the registry describes: ` +
        `SHA-256 ${sha256(bytes(200_000, 'vision'))}, expected ${expected}.`,
    );
    expect(existsSync(partial(VISION))).toBe(false);
    expect((await verify(join(into, 'tiny'))).ok).toBe(true);
  });

  it('refuses a file of another size than the registry says', async () => {
    const entry = withFile(serveModel(server), VISION, { bytes: 199_999 });
    const error = await failureOf(pullHere(entry));
    expect(error.message).toBe(`${server.url(VISION)} has 200000 bytes, the registry says 199999.`);
    expect(existsSync(partial(VISION))).toBe(false);
  });

  it('follows redirects', async () => {
    const entry = serveModel(server);
    server.files.set('elsewhere', bytes(200_000, 'vision'));
    server.plan(VISION, redirect('/hop', 301));
    server.plan('hop', redirect(server.url('elsewhere'), 307));
    await pullHere(entry);
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('follows no redirect to plain http', async () => {
    const entry = serveModel(server);
    server.plan(VISION, redirect('http://models.example/vision'));
    expect((await failureOf(pullHere(entry))).message).toBe(
      `${server.url(VISION)} redirects to http://models.example, which is not https.`,
    );
  });

  it('ends in a circle of redirects', async () => {
    const entry = serveModel(server);
    server.plan(VISION, ...Array.from({ length: 20 }, () => redirect(`/${VISION}`)));
    expect((await failureOf(pullHere(entry))).message).toBe(`${server.url(VISION)} redirects in a circle.`);
  });

  it('tries again after a server error, and waits as long as it is asked to', async () => {
    const entry = serveModel(server);
    server.plan(VISION, fail(500), fail(503, { 'retry-after': '7' }));
    await pullHere(entry);
    expect(pauses).toEqual([500, 7000]);
  });

  it('says at once when a file is gone', async () => {
    const entry = serveModel(server);
    server.plan(VISION, fail(404));
    expect((await failureOf(pullHere(entry))).line).toBe(
      `${server.url(VISION)} answered 404 Not Found. The publisher has moved or removed it: ` +
        'look at the homepage of the model. [DOWNLOAD_FAILED]',
    );
    expect(pauses).toEqual([]);
  });

  it('gives up after attempts that brought nothing, and keeps what it has', async () => {
    const entry = serveModel(server, { hashes: false });
    server.plan(VISION, server.cutAfter(70_000), fail(502), fail(502), fail(502));
    const error = await failureOf(pullHere(entry, { attempts: 4 }));
    expect(error.message).toBe(
      `${server.url(VISION)} could not be fetched: the server answered 502 Bad Gateway, 4 times in a row.`,
    );
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(await readFile(partial(VISION))).toEqual(bytes(70_000, 'vision'));
  });

  it('goes on when the server falls silent', async () => {
    const entry = serveModel(server, { hashes: false });
    server.plan(VISION, stallAfter(90_000));
    await pullHere(entry, { stallMs: 300 });
    expect(visionRequests()[1]?.range).toBe('bytes=90000-');
    expect(sha256(await installed(VISION))).toBe(sha256(bytes(200_000, 'vision')));
  });

  it('names a server that cannot be reached', async () => {
    const entry = serveModel(server);
    await server.stop();
    const error = await failureOf(pullHere(entry, { attempts: 2 }));
    expect(error.message).toMatch(/could not be fetched: connect ECONNREFUSED 127\.0\.0\.1:\d+, 2 times in a row\.$/);
    server = new ModelServer();
    await server.start();
  });

  it('does not install what is no model, whatever the server calls it', async () => {
    const entry = serveModel(server, { hashes: false });
    await pullHere(entry);
    server.files.set('preprocessor_config.json', Buffer.from('<html>Please log in</html>'));
    const error = await failureOf(pullHere(entry));
    expect(error.code).toBe('MODEL_INVALID');
    expect(error.message).toContain('What was fetched for tiny is not a usable model: ');
    expect(error.message).toContain('preprocessor_config.json is not JSON');
    expect(error.line).not.toContain('\n');
    expect((await verify(join(into, 'tiny'))).ok).toBe(true);
  });

  it('replaces an older version of the model', async () => {
    const entry = serveModel(server, { hashes: false });
    await pullHere(entry);
    server.files.set(VISION, bytes(1000, 'newer'));
    await pullHere(entry);
    expect(await installed(VISION)).toEqual(bytes(1000, 'newer'));
    expect(await readdir(into)).toEqual(['.partial', 'tiny']);
  });

  it('brings the older model back after a power cut between the two moves of an installation', async () => {
    const entry = serveModel(server);
    await pullHere(entry);
    await rename(join(into, 'tiny'), join(into, '.partial', 'tiny', 'replaced'));
    server.plan(VISION, fail(404));
    await failureOf(pullHere(entry));
    expect((await verify(join(into, 'tiny'))).ok).toBe(true);
  });

  it('lets one of two pulls of the same model go first', async () => {
    const entry = serveModel(server);
    const [first, second] = await Promise.allSettled([pullHere(entry), pullHere(entry)]);
    const [done, refused] = first.status === 'fulfilled' ? [first, second] : [second, first];
    expect(done.status).toBe('fulfilled');
    expect((refused as PromiseRejectedResult).reason.message).toBe(
      `tiny is being pulled by another process (${process.pid}).`,
    );
    expect((await verify(join(into, 'tiny'))).ok).toBe(true);
  });

  it('takes over the lock of a process that is gone', async () => {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
    await mkdir(join(into, '.partial', 'tiny'), { recursive: true });
    await writeFile(join(into, '.partial', 'tiny', 'lock'), `${gone} ${boot}\n`);
    await pullHere(serveModel(server));
    expect((await verify(join(into, 'tiny'))).ok).toBe(true);
  });

  it('explains that a model without published ONNX files needs an export', async () => {
    const entry = { ...serveModel(server), files: [], export: 'run the exporter.' };
    expect((await failureOf(pullHere(entry))).message).toBe(
      'tiny cannot be pulled, it needs an export: run the exporter.',
    );
  });

  it('names a folder that it may not write', async () => {
    await writeFile(join(into, 'file'), '');
    const error = await failureOf(pullHere(serveModel(server), { into: join(into, 'file') }));
    expect(error.code).toBe('STORAGE_FAILED');
    expect(error.message).toContain('cannot be written (a part of its path is no folder)');
  });

  it('refuses a folder that the system makes for nobody', async () => {
    const error = await failureOf(pullHere(serveModel(server), { into: '/proc/no/models' }));
    expect(error.line).toBe(
      '/proc/no cannot be written (there is no such file or folder). Check its permissions, or choose another folder with --models-dir. [STORAGE_FAILED]',
    );
  });
});

describe('pull onto a disk that is full', () => {
  let disk: string;
  let why: string | null;

  beforeEach(async () => {
    disk = join(into, 'disk');
    await mkdir(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { encoding: 'utf8' });
    why = mount.status === 0 ? null : `no small disk can be mounted here: ${mount.error?.message ?? mount.stderr}`;
  });

  afterEach(() => {
    if (why === null) spawnSync('umount', [disk]);
  });

  it('refuses in one line before it begins a file that does not fit', async (ctx) => {
    if (why !== null) return ctx.skip(why);
    const entry = serveModel(server, { hashes: false });
    await pullHere(entry, { into: disk });
    server.files.set(VISION, bytes(2_000_000, 'larger'));
    const error = await failureOf(pullHere(entry, { into: disk }));
    expect(error.code).toBe('STORAGE_FAILED');
    expect(error.message).toMatch(
      /disk is full: the next file needs 2000000 bytes and \d+ are free; all of tiny takes about 203000 bytes\.$/,
    );
    expect(error.line).not.toContain('\n');
    expect((await verify(join(disk, 'tiny'))).ok).toBe(true);
  });

  it('frees what it wrote when the disk fills on the way', async (ctx) => {
    if (why !== null) return ctx.skip(why);
    const entry = serveModel(server, { hashes: false });
    await pullHere(entry, { into: disk });
    server.files.set(VISION, bytes(2_000_000, 'larger'));
    server.plan(VISION, chunked);
    const error = await failureOf(pullHere(entry, { into: disk }));
    expect(error.message).toBe(
      `The disk of ${disk} is full: there is no room for the next bytes; all of tiny takes about 203000 bytes.`,
    );
    expect(existsSync(join(disk, '.partial', 'tiny', 'files', VISION))).toBe(false);
    expect((await verify(join(disk, 'tiny'))).ok).toBe(true);
  });
});
