import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.js';

const unit = fileURLToPath(new URL('../../systemd/fieldscout.service', import.meta.url));
const text = readFileSync(unit, 'utf8');
const MOST_EXPOSED = 1.9;

/** All values of a key, in order. */
const values = (key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value as string);

describe('fieldscout.service', () => {
  describe('as systemd reads it', needs('systemd-analyze'), () => {
    it('verifies in silence: an unknown key would be a line on standard error', () => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });

    it(`is exposed to at most ${MOST_EXPOSED}`, () => {
      const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
        encoding: 'utf8',
      });
      const level = Number(/Overall exposure level for fieldscout\.service: ([\d.]+)/.exec(stdout)?.[1]);
      expect(level).toBeLessThanOrEqual(MOST_EXPOSED);
    });
  });

  it('is watched, and started anew for ever', () => {
    expect(values('Type')).toEqual(['notify']);
    expect(values('NotifyAccess')).toEqual(['all']); // systemd-notify is a child
    expect(values('WatchdogSec')).toEqual(['3min']);
    expect([values('Restart'), values('StartLimitIntervalSec')]).toEqual([['always'], ['0']]);
  });

  it('leaves the board, its cameras, its accelerators and the Argus socket within reach', () => {
    expect(values('PrivateTmp')).toEqual(['no']);
    expect(values('ProcSubset')).toEqual([]);
    expect(values('PrivateDevices')).toEqual([]);
    expect(values('DynamicUser')).toEqual([]); // it would bring PrivateTmp
    expect(values('RestrictAddressFamilies')).toEqual(['AF_INET AF_INET6 AF_UNIX AF_NETLINK']);
    expect(values('DeviceAllow')).toEqual(
      expect.arrayContaining(['char-video4linux rw', 'char-drm rw', 'char-nv* rw', '/dev/nvmap rw']),
    );
    expect(values('DevicePolicy')).toEqual(['closed']);
  });

  it('may bind threads to cores and give way to others: both are among the calls that it denies otherwise', () => {
    const filters = values('SystemCallFilter');
    expect(filters).toContain('~@privileged @resources');
    expect(filters.at(-1)?.split(' ')).toEqual(['sched_setaffinity', 'setpriority']);
  });

  it('writes where systemd gave it a place, and nowhere else', () => {
    expect(values('ProtectSystem')).toEqual(['strict']);
    expect(values('ReadWritePaths')).toEqual([]);
    expect(values('StateDirectory')).toEqual(['fieldscout']);
    // /tmp is read only to it: what a provider's proof writes needs another place.
    expect(values('Environment')).toContain('TMPDIR=/run/fieldscout');
  });
});
