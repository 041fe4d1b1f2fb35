import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { credentialNames, serviceFiles } from '../../src/service/service-files.js';
import { needs } from '../support/needs.js';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const UNIT = 'etc/systemd/system/fieldscout.service';
const DROP_IN = 'etc/systemd/system/fieldscout.service.d/10-this-machine.conf';

/** Programs are started: a busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fieldscout-root-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function fieldscout(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n'), stderr };
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');

function withConfiguration(text: string): void {
  mkdirSync(join(root, 'etc/fieldscout'), { recursive: true });
  writeFileSync(join(root, 'etc/fieldscout/fieldscout.yaml'), text);
}

describe('fieldscout install', () => {
  it('says what it would do and does nothing, where it is only asked', () => {
    const { status, lines } = fieldscout('install', '--root', root, '--dry-run');
    expect(status).toBe(0);
    expect(lines).toContain(`would be written: ${join(root, UNIT)}`);
    expect(() => statSync(join(root, 'etc'))).toThrow('ENOENT');
  });

  it('puts unit, user, folders and a first configuration in place; again, it changes nothing', () => {
    const first = fieldscout('install', '--root', root);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.lines.filter((line) => line.startsWith('written: '))).toHaveLength(5);
    expect(read(DROP_IN)).toContain(
      `ExecStart=\nExecStart=${process.execPath} ${entry} run -c /etc/fieldscout/fieldscout.yaml\n`,
    );
    expect(statSync(join(root, UNIT)).mode & 0o777).toBe(0o644);
    const second = fieldscout('install', '--root', root);
    expect(second.lines.filter((line) => line.startsWith('unchanged: '))).toHaveLength(4);
    expect(second.lines).toContain(`kept: ${join(root, 'etc/fieldscout/fieldscout.yaml')}`);
  });

  it('says in one line which file cannot be put in its place', () => {
    const { status, stderr } = fieldscout('install', '--root', '/dev/null/image');
    expect(status).toBe(1);
    expect(stderr).toBe(
      `fieldscout: /dev/null/image/${UNIT} cannot be written (a part of its path is no folder). Check that its folder is one and may be written to; ` +
        'what was written before stays. [STORAGE_FAILED]\n',
    );
  });

  it('never writes over a configuration, and hands over the credentials that it names', () => {
    const mine = 'mqtt:\n  url: mqtt://h\n  passwordFile: credential:mqtt-password\n  keyFile: credential:node.key\n';
    withConfiguration(mine);
    expect(fieldscout('install', '--root', root).status).toBe(0);
    expect(read('etc/fieldscout/fieldscout.yaml')).toBe(mine);
    expect(read(DROP_IN)).toContain(
      'LoadCredential=mqtt-password:/etc/fieldscout/credentials/mqtt-password\n' +
        'LoadCredential=node.key:/etc/fieldscout/credentials/node.key\n',
    );
  });

  describe('as systemd sees it', needs('systemd-analyze'), () => {
    it('verifies in silence with its drop-in, and is exposed to at most 1.9', () => {
      withConfiguration('mqtt:\n  passwordFile: credential:mqtt-password\n');
      fieldscout('install', '--root', root);
      const verified = spawnSync('systemd-analyze', ['verify', join(root, UNIT)], { encoding: 'utf8' });
      expect([verified.status, verified.stdout, verified.stderr]).toEqual([0, '', '']);
      const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(root, UNIT)], {
        encoding: 'utf8',
      });
      const level = Number(/Overall exposure level for fieldscout\.service: ([\d.]+)/.exec(stdout)?.[1]);
      expect(level).toBeLessThanOrEqual(1.9);
    });

    it('is a user and folders that systemd can make', () => {
      fieldscout('install', '--root', root);
      const made = spawnSync('systemd-sysusers', ['--root', root], { encoding: 'utf8' });
      expect([made.status, read('etc/passwd')]).toEqual([
        0,
        expect.stringMatching(/^fieldscout:.*\/usr\/sbin\/nologin$/m),
      ]);
      expect(read('etc/group')).toMatch(/^(video|render):x:\d+:fieldscout$/m);
      const folders = spawnSync('systemd-tmpfiles', ['--root', root, '--create'], { encoding: 'utf8' });
      expect(folders.status).toBe(0);
      expect(statSync(join(root, 'etc/fieldscout/credentials')).mode & 0o777).toBe(0o700);
    });
  });
});

describe('fieldscout uninstall', () => {
  it('takes away what install wrote, and neither the configuration nor a drop-in of yours', () => {
    fieldscout('install', '--root', root);
    const mine = join(root, 'etc/systemd/system/fieldscout.service.d/50-mine.conf');
    writeFileSync(mine, '[Service]\nNice=5\n');
    const { status, lines } = fieldscout('uninstall', '--root', root);
    expect([status, lines.filter((line) => line.startsWith('removed: ')).length]).toEqual([0, 4]);
    expect(() => statSync(join(root, UNIT))).toThrow('ENOENT');
    expect(() => statSync(join(root, DROP_IN))).toThrow('ENOENT');
    expect(readFileSync(mine, 'utf8')).toContain('Nice=5');
    expect(read('etc/fieldscout/fieldscout.yaml')).not.toBe('');
  });

  it('has nothing to say against a machine that has no service', () => {
    const { status, lines } = fieldscout('uninstall', '--root', root);
    expect([status, lines.filter((line) => line.startsWith('absent: ')).length]).toEqual([0, 5]);
  });
});

describe('the drop-in', () => {
  const texts = { unit: '', sysusers: '', tmpfiles: '', starter: '' };
  const commandOf = (packageDir: string) => {
    const settings = { node: '/usr/bin/node', packageDir, configFile: '/etc/f.yaml', credentials: [] };
    const dropIn = serviceFiles(settings, texts).find(
      ({ path }) => path.endsWith('.conf') && path.includes('.service.d'),
    );
    return /^ExecStart=(.+)$/m.exec(dropIn?.text ?? '')?.[1];
  };

  it('writes paths as systemd reads them back', () => {
    expect(commandOf('/opt/field scout')).toBe(
      '/usr/bin/node "/opt/field scout/bin/fieldscout.mjs" run -c /etc/f.yaml',
    );
    expect(commandOf('/opt/50%"$HOME')).toBe(
      '/usr/bin/node "/opt/50%%\\"$$HOME/bin/fieldscout.mjs" run -c /etc/f.yaml',
    );
  });

  it('refuses a path that would begin another line', () => {
    expect(() => commandOf('/opt/x\nExecStartPre=/bin/evil')).toThrow('control characters');
  });
});

describe('credentialNames', () => {
  it('are what systemd can be asked for, each once', () => {
    expect(credentialNames('a: credential:one\nb: [credential:one, credential:.., "credential:a b"]')).toEqual(['one']);
    expect(credentialNames('a: [')).toEqual([]);
  });
});
