import type { Config } from '../config/schema.js';
import { temperatures } from '../telemetry/vitals.js';
import type { Provider } from '../types.js';
import { type Finding, fine, wrong } from './finding.js';
import type { Machine } from './machine.js';

const WARM_C = 75;
/** Boards slow down from 80 to 99 degrees, and switch off a few above. */
const HOT_C = 90;
/** No node can have started before this was written. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

export async function checkBoard(machine: Machine): Promise<Finding> {
  const model = (await machine.readText('/proc/device-tree/model'))?.replaceAll('\0', '').trim();
  const release = (await machine.readText('/etc/nv_tegra_release'))?.split('\n')[0]?.replace(/^#\s*/, '');
  const parts = [model || `a machine without a device tree, ${machine.arch}`, release, `Node.js ${process.version}`];
  return fine('board', parts.filter(Boolean).join('; '));
}

export async function checkTemperature({ thermalDir }: Machine): Promise<Finding> {
  const zones = Object.entries(await temperatures(thermalDir));
  const hottest = zones.reduce((a, b) => (b[1] > a[1] ? b : a), ['', Number.NEGATIVE_INFINITY] as const);
  const [zone, celsius] = hottest;
  if (zones.length === 0) return fine('temperature', 'this machine tells none');
  const message = `${zone} is at ${celsius.toFixed(1)} degrees Celsius`;
  if (celsius < WARM_C) return fine('temperature', message);
  const remedy = 'Give it shade, air or a heat sink, look less often (intervalMs), or use fewer scales.';
  return wrong('temperature', celsius < HOT_C ? 'warn' : 'fail', 'temperature-high', message, remedy);
}

export async function checkClock(machine: Machine): Promise<Finding> {
  const nowMs = machine.now();
  const now = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_MS)
    return wrong(
      'clock',
      'fail',
      'clock-wrong',
      `the clock says ${now}, which is over`,
      'Reach a time server once, or fit a clock with a battery: certificates and days of counts depend on the time.',
    );
  switch (await machine.clock()) {
    case 'synchronised':
      return fine('clock', `synchronised, ${now}`);
    case 'unsynchronised':
      return wrong(
        'clock',
        'warn',
        'clock-unsynchronised',
        `a time server is set up and has not been reached; the clock says ${now}`,
        'Check the network and "timedatectl timesync-status". What is found meanwhile is marked as of an untrusted clock.',
      );
    case 'unknown':
      return wrong(
        'clock',
        'warn',
        'clock-unknown',
        `nobody says whether the clock is right; it says ${now}`,
        'Install systemd-timesyncd or chrony. Inside a container nobody can tell.',
      );
  }
}

/** Whether this user may use the cameras and accelerators that are there. */
export async function checkDevices(
  machine: Machine,
  cameras: Config['cameras'],
  providers: readonly Provider[],
): Promise<Finding> {
  const devices = await machine.devices();
  const denied: string[] = [];
  for (const path of devices) if (!(await machine.mayUse(path))) denied.push(path);
  if (denied.length === 0)
    return fine('devices', devices.length === 0 ? 'no camera or accelerator device here' : `${devices.length} usable`);
  return wrong(
    'devices',
    wantsDevices(cameras, providers) ? 'fail' : 'warn',
    'device-denied',
    `this user may not use ${denied.join(', ')}`,
    'Add the user to the groups of these files (usually video and render), or run the doctor as the user of the node.',
  );
}

function wantsDevices(cameras: Config['cameras'], providers: readonly Provider[]): boolean {
  const ownCamera = /^(v4l2|argus|libcamera|csi|rpicam):/;
  return providers.some((provider) => provider !== 'cpu') || cameras.some(({ source }) => ownCamera.test(source));
}
