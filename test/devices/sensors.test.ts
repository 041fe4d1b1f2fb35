import { describe, expect, it } from 'vitest';
import { readBoard, throttlingWarnings } from '../../src/devices/board-readings.js';
import { parseTegrastats } from '../../src/devices/tegrastats.js';
import { sampleBoard } from './sample-board.js';

/** Lines in the form that NVIDIA's documentation gives, written by hand: none was recorded from a board. */
const ORIN =
  '01-08-2025 10:12:31 RAM 2953/7620MB (lfb 4x4MB) SWAP 12/3810MB (cached 0MB) CPU [12%@1510,9%@1510,0%@1510,1%@1510,off,off] ' +
  'EMC_FREQ 3%@2133 GR3D_FREQ 42%@[624] NVDEC off cpu@48.5C soc2@47.031C soc0@47.5C gpu@49.25C cv0@-256C tj@49.25C ' +
  'VDD_IN 5200mW/5100mW VDD_CPU_GPU_CV 1100mW/1000mW VDD_SOC 1400mW/1390mW';
const XAVIER =
  'RAM 2722/6854MB (lfb 120x4MB) SWAP 0/3427MB (cached 0MB) CPU [3%@1190,1%@1190,0%@1190,2%@1190,off,off] EMC_FREQ 0% ' +
  'GR3D_FREQ 0% AO@37.5C GPU@38C PMIC@50C AUX@37.5C CPU@39C thermal@38.05C VDD_IN 3200mW/3200mW';

describe('a line of tegrastats', () => {
  it('gives load, temperatures, power and memory of an Orin, sensors that are off left out', () => {
    expect(parseTegrastats(ORIN)).toEqual({
      gpuLoad: 0.42,
      temperaturesC: { cpu: 48.5, soc2: 47.031, soc0: 47.5, gpu: 49.25, tj: 49.25 },
      powerMw: { VDD_IN: 5200, VDD_CPU_GPU_CV: 1100, VDD_SOC: 1400 },
      memoryMiB: { used: 2953, total: 7620 },
    });
  });

  it("gives a Xavier's in its older form", () => {
    expect(parseTegrastats(XAVIER)).toMatchObject({
      gpuLoad: 0,
      temperaturesC: { cpu: 39, gpu: 38, ao: 37.5 },
      powerMw: { VDD_IN: 3200 },
    });
  });

  it('is none where it is something else', () => {
    expect(parseTegrastats('tegrastats: command not found')).toBeNull();
  });
});

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
