import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import { pull } from '../../src/models/pull.js';
import { pullBeside } from '../../src/models/pull-beside.js';
import { ModelServer } from './model-server.js';
import { bytes, serveModel, withFile } from './tiny-entry.js';

let server: ModelServer;
let into: string;

beforeEach(async () => {
  server = new ModelServer();
  await server.start();
  into = await mkdtemp(join(tmpdir(), 'beside-'));
});
afterEach(async () => {
  await server.stop();
  await rm(into, { recursive: true, force: true });
});

const folders = async () => (await readdir(into)).filter((name) => !name.startsWith('.'));

describe('pullBeside', () => {
  it('leaves the model of that id as it is, and names the new folder by its content', async () => {
    const entry = serveModel(server);
    const old = (await pull(entry, { into })).dir;
    const before = (await openModelFolder(old, { searchDirs: [] })).ref.sha256;
    const newer = bytes(4_000, 'newer');
    server.files.set('onnx/text_model.onnx', newer);
    const pulled = await pullBeside(withFile(entry, 'onnx/text_model.onnx', { sha256: null, bytes: null }), { into });
    const { ref } = await openModelFolder(pulled.dir, { searchDirs: [] });
    expect(pulled).toMatchObject({ dir: join(into, `tiny@${ref.sha256.slice(0, 12)}`), isNew: true });
    expect(ref).toMatchObject({ id: 'tiny' });
    expect(ref.sha256).not.toBe(before);
    expect((await openModelFolder(old, { searchDirs: [] })).ref.sha256).toBe(before);
    expect(await folders()).toHaveLength(2);
  });

  it('keeps the folder where the same is there already, and replaces one that is damaged', async () => {
    const entry = serveModel(server);
    const { dir } = await pullBeside(entry, { into });
    expect(await pullBeside(entry, { into })).toMatchObject({ dir, isNew: false });
    await writeFile(join(dir, 'tokenizer.json'), 'damaged');
    expect(await pullBeside(entry, { into })).toMatchObject({ dir, isNew: true });
    expect((await openModelFolder(dir, { searchDirs: [] })).ref.id).toBe('tiny');
    expect(await folders()).toEqual([expect.stringMatching(/^tiny@[0-9a-f]{12}$/)]);
  });

  it('leaves nothing in the place of a model whose bytes are not those that were promised', async () => {
    const entry = serveModel(server);
    server.files.set('onnx/text_model.onnx', bytes(3_000, 'forged'));
    await expect(pullBeside(entry, { into })).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
    expect(await folders()).toEqual([]);
  });
});
