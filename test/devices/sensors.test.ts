import { describe, expect, it } from 'vitest';
import { readBoard, throttlingWarnings } from '../../src/devices/board-readings.js';
import { sampleBoard } from './sample-board.js';

describe('sysfs', () => {
  it('tells load, power by rail and what throttles', async () => {
    const root = await sampleBoard({
      'sys/devices/platform/gpu.0/load': '421\n',
      'sys/class/hwmon/hwmon1/name': 'ina3221\n',
      'sys/class/hwmon/hwmon1/in1_label': 'VDD_IN\n',
      'sys/class/hwmon/hwmon1/in1_input': '5000\n',
      'sys/class/hwmon/hwmon1/curr1_input': '1040\n',
      'sys/class/hwmon/hwmon0/name': 'tmp451\n',
      'sys/class/thermal/cooling_device0/type': 'pwm-fan\n',
      'sys/class/thermal/cooling_device0/cur_state': '3\n',
      'sys/class/thermal/cooling_device1/type': 'cpu-throttle-alert\n',
      'sys/class/thermal/cooling_device1/cur_state': '1\n',
    });
    expect(await readBoard(root)).toEqual({
      gpuLoad: 0.421,
      powerMw: { VDD_IN: 5200 },
      throttling: ['cpu-throttle-alert at step 1'],
    });
  });

  it("tells a Raspberry Pi's under-voltage of now, not that of before", async () => {
    const path = 'sys/devices/platform/soc/soc:firmware/get_throttled';
    expect((await readBoard(await sampleBoard({ [path]: '50005\n' }))).throttling).toEqual([
      'under-voltage',
      'throttled',
    ]);
    expect((await readBoard(await sampleBoard({ [path]: '50000\n' }))).throttling).toEqual([]);
  });

  it('leaves out a cooling device that is off, and warns once of one that works at any step', async () => {
    const thermal = 'sys/class/thermal';
    const root = await sampleBoard({
      [`${thermal}/cooling_device0/type`]: 'intel_powerclamp\n',
      [`${thermal}/cooling_device0/cur_state`]: '-1\n',
      [`${thermal}/cooling_device1/type`]: 'cpufreq-cpu0\n',
      [`${thermal}/cooling_device1/cur_state`]: '2\n',
      [`${thermal}/cooling_device2/type`]: 'cpufreq-cpu0\n',
      [`${thermal}/cooling_device2/cur_state`]: '3\n',
    });
    const board = await readBoard(root);
    expect(board.throttling).toEqual(['cpufreq-cpu0 at step 2', 'cpufreq-cpu0 at step 3']);
    expect(throttlingWarnings(board)).toEqual(['the board slows itself down: cpufreq-cpu0']);
  });

  it('tells nothing where there is nothing', async () => {
    expect(await readBoard(await sampleBoard({}))).toEqual({ gpuLoad: null, powerMw: {}, throttling: [] });
  });
});
