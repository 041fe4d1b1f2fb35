import { resolve } from 'node:path';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { presentEngine } from '../daemon/local-engine.js';
import { modelPlace } from '../daemon/model-place.js';
import { sourceOf } from '../daemon/source-of.js';
import { storageDirOf } from '../daemon/storage-place.js';
import { farmLogin, secretFiles } from '../daemon/uplink-login.js';
import { nodeTopics } from '../uplink/topics.js';
import { checkBroker, checkPorts } from './broker-checks.js';
import { checkCamera, checkPrompts } from './camera-check.js';
import { failure } from './failure.js';
import { type Finding, fine, skipped } from './finding.js';
import type { Machine } from './machine.js';
import { checkBoard, checkClock, checkDevices, checkTemperature } from './machine-checks.js';
import { checkModel } from './model-check.js';
import { checkProfile } from './profile-check.js';
import { checkDisk, checkSecrets } from './storage-checks.js';

export interface Examination {
  /** Undefined: fieldscout.yaml of the working folder, or the defaults. */
  readonly configFile: string | undefined;
  readonly workingDir: string;
  readonly modelDirs: readonly string[];
  readonly promptsDirs: readonly string[];
  /** For the first picture of each camera. */
  readonly cameraWithinMs: number;
  readonly machine: Machine;
}

/** Looks at all that a node needs, one after the other, beside a running node too: nothing is locked or changed. */
export async function* examine(what: Examination): AsyncGenerator<Finding> {
  const { machine, configFile, workingDir } = what;
  yield await checkBoard(machine);
  yield await checkTemperature(machine);
  yield await checkClock(machine);
  let loaded: LoadedConfig;
  try {
    loaded = await loadConfig(configFile, workingDir);
    yield fine('configuration', loaded.origin);
  } catch (error) {
    yield failure('configuration', 'config-invalid', error);
    for (const check of ['profile', 'devices', 'disk', 'secrets', 'model', 'provider', 'cameras', 'broker', 'ports'])
      yield skipped(check, 'no valid configuration says what is needed');
    return;
  }
  yield* examineNode(loaded, what);
}

async function* examineNode({ config, baseDir }: LoadedConfig, what: Examination): AsyncGenerator<Finding> {
  const { machine, modelDirs, promptsDirs, cameraWithinMs } = what;
  const { finding, device } = await checkProfile(config);
  yield finding;
  const { inference } = device;
  yield await checkDevices(machine, config.cameras, inference.providers);
  const storageDir = storageDirOf(config.storage.dir, baseDir);
  yield await checkDisk(storageDir, config.storage);
  yield await checkSecrets(secretFiles(config, baseDir));
  const settings = { ...inference, threads: config.threads };
  yield* await checkModel(modelPlace(config.model, baseDir), modelDirs, settings, (folder) =>
    presentEngine(folder, inference, storageDir),
  );
  const placed = (name: string) => (/\.ya?ml$/.test(name) ? resolve(baseDir, name) : name);
  for (const camera of config.cameras) {
    yield await checkPrompts(camera, { promptsDirs }, placed);
    yield await checkCamera(camera.id, () => sourceOf(camera, baseDir), cameraWithinMs, camera);
  }
  const { base } = nodeTopics(config.mqtt.baseTopic, config.site.id, config.node);
  yield await checkBroker(() => farmLogin(config, baseDir), `${base}/doctor`);
  yield await checkPorts(config);
}
