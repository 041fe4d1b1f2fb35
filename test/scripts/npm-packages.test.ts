import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const { isInstalled } = (await import(new URL('../../scripts/npm-packages.mjs', import.meta.url).href)) as {
  isInstalled: (root: string) => boolean;
};

const own = { name: 'clone', dependencies: { leaf: '1.0.0' } };
const leaf = { version: '1.0.0' };
const otherPlatform = { version: '1.0.0', optional: true };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fieldscout-packages-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: unknown) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

function clone(installed: Record<string, unknown>) {
  put('package-lock.json', {
    packages: { '': own, 'node_modules/leaf': leaf, 'node_modules/leaf-win32': otherPlatform },
  });
  put('node_modules/.package-lock.json', { packages: installed });
  put('node_modules/leaf/package.json', leaf);
}

describe('whether npm packages are installed', () => {
  it('holds where npm recorded the versions of the lock file, without packages for other platforms', () => {
    clone({ 'node_modules/leaf': leaf });
    expect(isInstalled(root)).toBe(true);
  });

  it('does not hold in a fresh clone or after an interrupted install, which leave no record', () => {
    clone({ 'node_modules/leaf': leaf });
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(isInstalled(root)).toBe(false);
  });

  it('does not hold after a pull that changed a version', () => {
    clone({ 'node_modules/leaf': { version: '0.9.0' } });
    expect(isInstalled(root)).toBe(false);
  });

  it('does not hold where an optional package has another version', () => {
    clone({ 'node_modules/leaf': leaf, 'node_modules/leaf-win32': { version: '0.9.0', optional: true } });
    expect(isInstalled(root)).toBe(false);
  });

  it('holds where a package was installed from a file, whatever came with it, and not where another one differs too', () => {
    const byHand = { version: '0.9.0', resolved: 'file:../out/leaf-0.9.0.tgz' };
    clone({ 'node_modules/leaf': byHand, 'node_modules/twig': { version: '2.0.0' } });
    const packages = {
      '': own,
      'node_modules/leaf': { ...leaf, dependencies: { twig: '^1.0.0' } },
      'node_modules/twig': { version: '1.0.0' },
    };
    put('package-lock.json', { packages });
    expect(isInstalled(root)).toBe(true);
    put('package-lock.json', { packages: { ...packages, 'node_modules/branch': { version: '1.0.0' } } });
    expect(isInstalled(root)).toBe(false);
  });

  it('does not hold where the folder of a dependency is gone', () => {
    clone({ 'node_modules/leaf': leaf });
    rmSync(join(root, 'node_modules/leaf'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });
});
