import { Command } from 'commander';
import { EngineBuilder } from '../clip/engine-builder.js';
import { modelsHome } from '../config/environment.js';
import { loadConfig } from '../config/load.js';
import { enginesDir, localEngineJob } from '../daemon/local-engine.js';
import { modelPlace } from '../daemon/model-place.js';
import { recogniseDevice } from '../daemon/node-device.js';
import { storageDirOf } from '../daemon/storage-place.js';
import { FieldscoutError } from '../errors.js';
import { EngineCache } from '../models/engine-cache.js';
import { modelSearchDirs } from '../models/locate.js';
import { openModelFolder } from '../models/open-model-folder.js';
import { consoleLog } from './console-log.js';
import { print, printJson } from './print.js';

const TELL_EVERY_MS = 10_000;
/** The process that builds is another one: unheard, they would leave it behind. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const AFTER = `
The engine is for the model, precision, batchSize and storage.dir of the configuration, this GPU and this TensorRT: run it as the user of
the node. A node builds it by itself in the background; this does it beforehand, and tries again where that failed. An engine that is there
and runs is kept.

Example:
  $ fieldscout models build-engine -c /etc/fieldscout/fieldscout.yaml`;

interface Options {
  readonly config?: string;
  readonly python?: string;
  readonly json?: true;
}

/**
 * `fieldscout models build-engine`
 * @param systemRoot where the file system begins, in which TensorRT and the GPU are looked for
 */
export function buildEngineCommand(systemRoot = '/'): Command {
  return new Command('build-engine')
    .description('make the TensorRT engine that a node on this machine needs (minutes)')
    .option('-c, --config <file>', 'configuration (YAML)')
    .option('--python <program>', 'a Python with onnxruntime-gpu, for an onnxruntime-node that cannot build')
    .option('--json', 'print one JSON object: key, file, built, seconds')
    .addHelpText('after', AFTER)
    .action((options: Options) => buildEngine(options, systemRoot));
}

async function buildEngine({ config: file, python, json }: Options, systemRoot: string): Promise<void> {
  const log = consoleLog();
  const { config, baseDir } = await loadConfig(file, process.cwd());
  const searchDirs = modelSearchDirs(modelsHome());
  const folder = await openModelFolder(modelPlace(config.model, baseDir), { searchDirs });
  const { inference } = await recogniseDevice(config);
  const job = await localEngineJob(folder, inference, systemRoot);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const name of STOPPING) process.once(name, onSignal);
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const builder = new EngineBuilder({
    python,
    everyMs: TELL_EVERY_MS,
    progress: (ms) => tell(`building, ${Math.round(ms / 1000)} s`),
    warn: (line) => log.warn(line),
  });
  const cache = new EngineCache(enginesDir(storageDirOf(config.storage.dir, baseDir)), builder, {
    info: tell,
    warn: (line) => log.warn(line),
  });
  const beganMs = performance.now();
  try {
    const engine = await cache.engine(job, { signal: stop.signal, retry: true });
    if (engine.state === 'failed')
      throw new FieldscoutError(
        'PROVIDER_UNAVAILABLE',
        `There is no TensorRT engine of ${folder.ref.id}: ${engine.reason}.`,
        'docs/jetson.md says what it needs; without it the node runs on the next of its providers.',
      );
    const seconds = Math.round((performance.now() - beganMs) / 1000);
    if (json) printJson({ key: job.key, file: engine.file, built: engine.built, seconds });
    else print(`${engine.file}: ${engine.built ? `built in ${seconds} s` : 'it was there, and runs'}`);
  } finally {
    for (const name of STOPPING) process.off(name, onSignal);
  }
}
