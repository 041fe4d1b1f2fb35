import { describe, expect, it } from 'vitest';
import { readAcceleratorFacts } from '../../src/devices/accelerator-facts.js';
import { readDeviceFacts } from '../../src/devices/device-facts.js';
import { boards, sampleBoard } from './sample-board.js';

async function facts(files: Readonly<Record<string, string>>) {
  const root = await sampleBoard(files);
  return readAcceleratorFacts(await readDeviceFacts(root), root);
}

const [, , , model, release] = boards[0];
const jetson = {
  'proc/device-tree/model': `${model}\0`,
  'proc/device-tree/compatible': 'nvidia,p3768-0000+p3767-0005-super\0nvidia,p3767-0005\0nvidia,tegra234\0',
  'etc/nv_tegra_release': release as string,
};

describe('what a TensorRT engine is made for', () => {
  it("is a Jetson's module with its chip and release, and the version of the library", async () => {
    const lib = 'usr/lib/aarch64-linux-gnu';
    const files = {
      [`${lib}/libnvinfer.so.10.3.0`]: '',
      [`${lib}/libnvinfer.so.10`]: '',
      [`${lib}/libnvinfer_plugin.so.10.7.0`]: '',
    };
    expect(await facts({ ...jetson, ...files })).toEqual({
      tensorrt: '10.3.0',
      gpu: `${model} (nvidia,tegra234, L4T R36.4.3)`,
    });
  });

  it('is the newest library where an update left an older one', async () => {
    const lib = 'usr/lib/x86_64-linux-gnu';
    const files = {
      [`${lib}/libnvinfer.so.10.3.0`]: '',
      [`${lib}/libnvinfer.so.10.13.2`]: '',
      [`${lib}/libnvinfer.so.9.9.9`]: '',
    };
    expect((await facts(files)).tensorrt).toBe('10.13.2');
  });

  it("is the first GPU of NVIDIA's driver on a PC", async () => {
    const gpu = (name: string) => `Model: \t\t ${name}\nIRQ:   \t\t 134\n`;
    const files = {
      'proc/driver/nvidia/gpus/0000:41:00.0/information': gpu('NVIDIA RTX A2000'),
      'proc/driver/nvidia/gpus/0000:01:00.0/information': gpu('NVIDIA T4'),
    };
    expect(await facts(files)).toEqual({ tensorrt: null, gpu: 'NVIDIA T4' });
  });

  it('is not known where there is neither', async () => {
    expect(await facts({})).toEqual({ tensorrt: null, gpu: null });
  });
});
