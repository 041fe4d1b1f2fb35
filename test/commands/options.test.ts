import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addOptions, lookOptions, modelOptions, promptsOption } from '../../src/commands/options.js';
import { configSchema } from '../../src/config/schema.js';
import { inferenceOf } from '../../src/daemon/node-device.js';

function parsed(...words: readonly string[]) {
  const command = new Command('look').argument('<image...>').exitOverride();
  command.configureOutput({ writeErr: () => undefined });
  addOptions(command, [promptsOption(), ...modelOptions(), ...lookOptions()]).parse(words, { from: 'user' });
  return { pictures: command.args, ...command.opts() };
}

describe('options of the picture commands', () => {
  it('are by default what a node does where neither its configuration nor its board says', () => {
    const config = configSchema.parse({ cameras: [{ id: 'any', source: 'folder:pictures' }] });
    const { model, threads, detection, cameras } = config;
    const { providers, precision, batchSize } = inferenceOf(config, undefined);
    expect(parsed('leaf.jpg')).toEqual({
      pictures: ['leaf.jpg'],
      model,
      provider: providers,
      precision,
      threads,
      batch: batchSize,
      minScore: detection.minScore,
      minSimilarity: detection.minSimilarity,
      sureScore: detection.sureScore,
      mergeOverlap: detection.mergeOverlap,
      secondLook: detection.secondLook,
      scales: cameras[0]?.tiles.scales,
    });
  });

  it('take one value after --prompts and --provider, so that the pictures may follow', () => {
    expect(parsed('--prompts', 'insects/aphids', '--provider', 'cuda,cpu', 'leaf.jpg', 'stem.jpg')).toMatchObject({
      prompts: ['insects/aphids'],
      provider: ['cuda', 'cpu'],
      pictures: ['leaf.jpg', 'stem.jpg'],
    });
  });

  it('collect prompt sets given again and with commas', () => {
    expect(parsed('--prompts', 'a/b, c.yaml', 'leaf.jpg', '--prompts', 'd')).toMatchObject({
      prompts: ['a/b', 'c.yaml', 'd'],
      pictures: ['leaf.jpg'],
    });
  });

  it.each([
    [['--prompts', 'a,,b'], /--prompts.*'a,,b'.*Give names with a comma between two of them\./],
    [['--prompts', ''], /Give names with a comma/],
    [['--provider', 'cpu,quantum'], /--provider.*'cpu,quantum'.*tensorrt, cuda, webgpu, cpu/],
  ])('refuse %j', (words, says) => {
    expect(() => parsed('leaf.jpg', ...words)).toThrow(says);
  });
});
