import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const script = text('deploy/jetson/build-onnxruntime.sh');
const patch = text('deploy/jetson/tensorrt-options.patch');
const read = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(script)?.[1] ?? '';

describe('the build of onnxruntime-node for a Jetson', () => {
  it('is of the release that the package names, and of one commit in script, patch and document', () => {
    const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> };
    expect(read('ORT_TAG')).toBe(`v${dependencies['onnxruntime-node']}`);
    expect(read('ORT_COMMIT')).toMatch(/^[0-9a-f]{40}$/);
    for (const document of [patch, text('docs/jetson.md')]) expect(document).toContain(read('ORT_COMMIT'));
  });

  it('is a shell script without faults of syntax, and a patch of the binding alone', () => {
    expect(spawnSync('sh', ['-n', `${root}/deploy/jetson/build-onnxruntime.sh`], { encoding: 'utf8' }).stderr).toBe('');
    const stat = spawnSync('git', ['apply', '--numstat', `${root}/deploy/jetson/tensorrt-options.patch`], {
      encoding: 'utf8',
    });
    expect([stat.status, stat.stdout]).toEqual([0, '27\t2\tjs/node/src/session_options_helper.cc\n']);
  });

  it('copies into its container what the build reads', () => {
    const copied = /^COPY (.+) \/opt\/recipe\/$/m.exec(text('deploy/jetson/Dockerfile'))?.[1]?.split(' ') ?? [];
    const used = [...script.matchAll(/\$here\/([\w.-]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].filter((name) => !copied.includes(name as string))).toEqual([]);
    expect(copied).toContain('build-onnxruntime.sh');
  });
});
