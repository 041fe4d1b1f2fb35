import { describe, expect, it, vi } from 'vitest';
import { SystemdNotify } from '../../src/telemetry/systemd-notify.js';
import { startDaemon } from '../support/daemon-process.js';
import { needs } from '../support/needs.js';
import { openNotifySocket } from '../support/notify-socket.js';

/** A daemon is started: a busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

describe('SystemdNotify', () => {
  it('tells nobody outside a unit', async () => {
    const sent: (readonly string[])[] = [];
    const notify = new SystemdNotify(
      undefined,
      () => undefined,
      async (assignments) => void sent.push(assignments),
    );
    await notify.ready('up');
    await notify.alive();
    await notify.stopping();
    expect(sent).toEqual([]);
    expect(notify.watchdogMs).toBeUndefined();
  });

  it('tells in order, one message at a time, and a status in one line', async () => {
    const sent: string[] = [];
    const send = async (assignments: readonly string[]) => {
      sent.push(`begin ${assignments.join(' ')}`);
      await new Promise((resolve) => setImmediate(resolve));
      sent.push('end');
    };
    const notify = new SystemdNotify({ environment: {}, watchdogMs: 1000 }, () => undefined, send);
    await Promise.all([notify.ready('two\nWATCHDOG=trigger'), notify.alive()]);
    expect(sent).toEqual(['begin READY=1 STATUS=two WATCHDOG=trigger', 'end', 'begin WATCHDOG=1', 'end']);
  });

  it('warns once where systemd cannot be told, and goes on trying', async () => {
    const lines: string[] = [];
    let tries = 0;
    const send = () => {
      tries += 1;
      return Promise.reject(new Error('spawn systemd-notify ENOENT'));
    };
    const notify = new SystemdNotify({ environment: {}, watchdogMs: undefined }, (line) => lines.push(line), send);
    await notify.alive();
    await notify.alive();
    expect(tries).toBe(2);
    expect(lines).toEqual([
      'systemd is not told how the node fares: spawn systemd-notify ENOENT. Is systemd-notify installed?',
    ]);
  });
});

describe('a daemon that systemd watches', needs('systemd-notify', 'python3'), () => {
  it('says when it is ready, feeds the watchdog and says that it stops, and no other program speaks for it', async () => {
    const socket = await openNotifySocket();
    try {
      const daemon = await startDaemon(undefined, { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '24000000' });
      await vi.waitFor(
        () => expect(socket.messages.filter((text) => text === 'WATCHDOG=1').length).toBeGreaterThan(1),
        {
          timeout: 60_000,
        },
      );
      expect((await daemon.stop()).code).toBe(0);
      await vi.waitFor(() => expect(socket.messages.at(-1)).toMatch(/^STOPPING=1\|STATUS=stopping$/));
      expect(socket.messages.filter((text) => !/^(READY|STATUS|WATCHDOG|STOPPING)=/.test(text))).toEqual([]);
      expect(socket.messages.find((text) => text.startsWith('READY=1'))).toMatch(
        /^READY=1\|STATUS=scout-tiny on cpu, cameras online: [01] of 1, uplink /,
      );
    } finally {
      await socket.stop();
    }
  });
});
