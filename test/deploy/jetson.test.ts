import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const recipe = join(root, 'deploy/jetson');
const script = text('deploy/jetson/build-onnxruntime.sh');
const patches = readdirSync(recipe).filter((name) => name.endsWith('.patch'));
const pinned = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(script)?.[1] ?? '';

/** The files of the pinned tag that the recipe touches: see the README there. */
const tagFiles = `test/fixtures/onnxruntime-${pinned('ORT_TAG').slice(1)}`;

describe('the build of onnxruntime-node for a Jetson', () => {
  it('is of one tag and one commit in script, patches and documents', () => {
    expect(pinned('ORT_COMMIT')).toMatch(/^[0-9a-f]{40}$/);
    expect(text(`${tagFiles}/VERSION_NUMBER`).trim()).toBe(pinned('ORT_TAG').slice(1));
    for (const document of [...patches.map((name) => `deploy/jetson/${name}`), 'docs/jetson.md']) {
      expect(text(document), document).toContain(`${pinned('ORT_TAG')} (`);
      expect(text(document), document).toContain(pinned('ORT_COMMIT'));
    }
    expect(text('deploy/jetson/README.md')).toContain(`onnxruntime-node-${pinned('ORT_TAG').slice(1)}.tgz`);
  });

  it('is a shell script without faults of syntax', () => {
    const checked = spawnSync('sh', ['-n', join(recipe, 'build-onnxruntime.sh')], { encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it('passes only options that the build script of the tag declares', () => {
    const command = script.slice(script.indexOf('./build.sh ')).split('\n\n')[0] ?? '';
    const passed = command.match(/--\w+/g) ?? [];
    expect(passed).toContain('--use_tensorrt');
    const declared = text(`${tagFiles}/build-options.txt`).trim().split('\n');
    expect(passed.filter((option) => !declared.includes(option))).toEqual([]);
  });

  it('copies into its container what the build reads', () => {
    const copied = /^COPY (.+) \/opt\/recipe\/$/m.exec(text('deploy/jetson/Dockerfile'))?.[1]?.split(' ') ?? [];
    expect(copied.toSorted()).toEqual(['build-onnxruntime.sh', ...patches, 'tensorrt-options.txt'].toSorted());
  });
});

describe('the patches of the binding', () => {
  let source: string;
  beforeEach(() => {
    source = mkdtempSync(join(tmpdir(), 'fieldscout-onnxruntime-'));
    cpSync(join(root, tagFiles), source, { recursive: true });
  });
  afterEach(() => rmSync(source, { recursive: true, force: true }));

  const apply = (...args: string[]) => {
    const run = spawnSync('git', ['apply', '--verbose', ...args], { cwd: source, encoding: 'utf8' });
    return { status: run.status, said: `${run.stdout}${run.stderr}` };
  };

  it.each(patches)("%s applies to the tag's own files, each line where it says", (name) => {
    const { status, said } = apply('--check', join(recipe, name));
    expect(status, said).toBe(0);
    expect(said).toMatch(/Checking patch js\/node\/src\/\w+\.cc\.\.\./);
    expect(said).not.toMatch(/offset|fuzz|error/i);
  });

  it('apply one after the other, as the build applies them, and are then known as applied', () => {
    for (const name of patches) expect(apply(join(recipe, name)).status, name).toBe(0);
    for (const name of patches) expect(apply('--reverse', '--check', join(recipe, name)).status, name).toBe(0);
    const binding = readFileSync(join(source, 'js/node/src/session_options_helper.cc'), 'utf8');
    expect(binding).toContain('UpdateTensorRTProviderOptions(options, keys.data(), values.data(), keys.size())');
  });

  it('are refused by files of another state', () => {
    const file = join(source, 'js/node/src/session_options_helper.cc');
    const changed = readFileSync(file, 'utf8').replace('int deviceId = 0;', 'int32_t deviceId = 0;');
    writeFileSync(file, changed);
    const { status, said } = apply('--check', join(recipe, 'tensorrt-options.patch'));
    expect([status, said]).toEqual([1, expect.stringContaining('patch does not apply')]);
  });
});

describe('the options of TensorRT that are passed on', () => {
  const options = text('deploy/jetson/tensorrt-options.txt').trim().split('\n');

  it('are fields of the options in the header of the tag', () => {
    const header = text(`${tagFiles}/include/onnxruntime/core/providers/tensorrt/tensorrt_provider_options.h`);
    const fields = Array.from(header.matchAll(/^ {2}[\w *]+\b(trt_\w+)\{[^}]*\};/gm), ([, field]) => field);
    expect(fields.length).toBeGreaterThan(40);
    expect(options.filter((option) => !fields.includes(option))).toEqual([]);
  });

  it("are keys that the tag's provider parses", () => {
    const provider = text(`${tagFiles}/onnxruntime/core/providers/tensorrt/tensorrt_execution_provider_info.cc`);
    const keys = new Map(
      Array.from(provider.matchAll(/constexpr const char\* (k\w+) = "(\w+)";/g), ([, constant, key]) => [
        constant,
        key,
      ]),
    );
    const parsed = Array.from(
      provider.matchAll(/\.Add\w+\(\s*tensorrt::provider_option_names::(k\w+),/g),
      ([, constant]) => keys.get(constant),
    );
    expect(parsed).toContain('device_id');
    expect(options.filter((option) => !parsed.includes(option))).toEqual([]);
  });
});
