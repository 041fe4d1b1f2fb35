import { Command } from 'commander';
import { modelsHome } from '../config/environment.js';
import { loadConfig } from '../config/load.js';
import { Daemon } from '../daemon/daemon.js';
import { modelSearchDirs } from '../models/locate.js';
import { bundledPrompts } from '../paths.js';
import { createLogger } from '../telemetry/logs.js';

const EXAMPLES = `
Without -c it reads fieldscout.yaml of this folder; without that it runs on its defaults: a simulated camera, the embedded
model, the embedded broker and the page, all on this machine alone.

Example:
  $ fieldscout run -c /etc/fieldscout/fieldscout.yaml`;

export function runCommand(version: string): Command {
  return new Command('run')
    .description('run the daemon: cameras in, detections, counts and alerts out over MQTT')
    .option('-c, --config <file>', 'configuration (YAML)')
    .addHelpText('after', EXAMPLES)
    .action((chosen: { config?: string }) => run(chosen.config, version));
}

async function run(file: string | undefined, version: string): Promise<void> {
  const { config, origin, baseDir } = await loadConfig(file, process.cwd());
  const log = createLogger(config.logLevel, process.stdout);
  log.info(`Fieldscout ${version}, configuration: ${origin}`);
  const daemon = new Daemon({
    config,
    baseDir,
    modelDirs: modelSearchDirs(modelsHome()),
    promptsDirs: [bundledPrompts],
    version,
    log,
  });
  const stopped = new Promise<void>((resolve) => {
    // Handled each time: npm hands Ctrl-C on a second time, and that must not cut the clean stop short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  const started = await Promise.race([daemon.start(), stopped]);
  if (started) {
    log.info(`MQTT: ${started.broker}`);
    if (started.page) log.info(`Page: ${started.page}`);
    await stopped;
  }
  log.info('stopping');
  await daemon.stop();
  log.info('stopped');
  // Stopped while it was still starting: no camera ran yet, and what it was loading is of no use any more.
  if (!started) process.exit(0);
}
