import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { configJsonSchema } from '../config/reference.js';
import { starterFile } from '../config/starter.js';
import { checkDevice } from '../daemon/node-device.js';
import { checkSource } from '../daemon/source-of.js';
import { FieldscoutError } from '../errors.js';
import { unreadableReason } from '../regular-file.js';

/** `fieldscout config init | check | schema` */
export function configCommand(): Command {
  return new Command('config')
    .description('the configuration: write a first one, check one, print its schema')
    .addCommand(
      new Command('init')
        .description('write a first configuration with comments')
        .argument('[file]', 'where', DEFAULT_FILE)
        .addHelpText('after', '\nExample:\n  $ fieldscout config init')
        .action(init),
    )
    .addCommand(
      new Command('check')
        .description('say whether a configuration is valid, and where it is not')
        .argument('[file]', 'the configuration', DEFAULT_FILE)
        .option('--json', 'the configuration with its defaults filled in, as JSON')
        .addHelpText('after', '\nExample:\n  $ fieldscout config check fieldscout.yaml')
        .action(check),
    )
    .addCommand(
      new Command('schema')
        .description('print the JSON Schema, for editors')
        .addHelpText('after', '\nExample:\n  $ fieldscout config schema > fieldscout.schema.json')
        .action(() => void process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)),
    );
}

async function init(file: string): Promise<void> {
  const path = resolve(file);
  try {
    await writeFile(path, starterFile, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? new FieldscoutError('USAGE', `${path} is there already.`, 'Name another file, or move that one away.', {
          cause,
        })
      : new FieldscoutError(
          'USAGE',
          `${path} cannot be written (${unreadableReason(cause)}).`,
          'Name a place that you may write to.',
          {
            cause,
          },
        );
  }
  process.stdout.write(`Wrote ${path}. Edit it, then: fieldscout run -c ${file}\n`);
}

async function check(file: string, { json }: { json?: boolean }): Promise<void> {
  const { config, origin, baseDir } = await loadConfig(file, process.cwd());
  await checkDevice(config, origin);
  for (const camera of config.cameras) checkSource(camera, origin, baseDir);
  if (json) {
    process.stdout.write(`${JSON.stringify(config)}\n`);
    return;
  }
  const cameras = config.cameras.map(({ id }) => id).join(', ');
  process.stdout.write(`${origin} is valid: site ${config.site.id}, node ${config.node}, cameras ${cameras}.\n`);
}
