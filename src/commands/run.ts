import { Command } from 'commander';
import { modelsHome, takeNotifiedUnit } from '../config/environment.js';
import { loadConfig } from '../config/load.js';
import { Daemon } from '../daemon/daemon.js';
import { modelSearchDirs } from '../models/locate.js';
import { bundledPrompts } from '../paths.js';
import { createLogger } from '../telemetry/logs.js';
import { SystemdNotify } from '../telemetry/systemd-notify.js';

/** For what cannot be cut short, to end by itself. */
const LEAVE_WORK_MS = 500;

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
    configFile: origin === 'defaults' ? undefined : origin,
    modelDirs: modelSearchDirs(modelsHome()),
    promptsDirs: [bundledPrompts],
    version,
    notify: new SystemdNotify(takeNotifiedUnit(), (line) => log.warn(line)),
    log,
  });
  const stopped = new Promise<void>((resolve) => {
    // Handled each time: npm hands Ctrl-C on a second time, and that must not cut the clean stop short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  const starting = daemon.start();
  const started = await Promise.race([starting, stopped]);
  if (started) {
    log.info(`MQTT: ${started.broker}`);
    if (started.page) log.info(`Page: ${started.page}`);
    await stopped;
  }
  log.info('stopping');
  // A start that the stop cut short fails, and nobody waits for it any more.
  starting.catch(() => undefined);
  await daemon.stop();
  log.info('stopped');
  // What is left under way (a picture that is being decoded) is of no use any more.
  setTimeout(() => process.exit(0), LEAVE_WORK_MS).unref();
}
