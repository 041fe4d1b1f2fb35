import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { starterFile } from '../config/starter.js';
import { FieldscoutError } from '../errors.js';
import { packageDir, serviceTexts } from '../paths.js';
import { textIfThere } from '../regular-file.js';
import { placeFiles, removeFiles } from '../service/place-files.js';
import { readProvision } from '../service/provision.js';
import {
  CONFIG_DIR,
  CREDENTIALS_DIR,
  credentialNames,
  type ServiceFile,
  secretFiles,
  serviceFiles,
} from '../service/service-files.js';
import { INSTALL_STEPS, RELOAD_STEP, runStep, START_STEP, STOP_STEP, type Step } from '../service/system-steps.js';
import { consoleLog } from './console-log.js';
import { tellPlacements as tell } from './placement-text.js';
import { print } from './print.js';

interface Options {
  readonly root: string;
  readonly dryRun?: true;
  readonly config: string;
  readonly start?: true;
  readonly provision?: string;
}

const THIS_MACHINE = '/';

/** `fieldscout install`: the systemd service of this machine. */
export function installCommand(): Command {
  return serviceVerb('install', 'install the node as a systemd service that starts at boot')
    .option('--start', 'start it at once')
    .option('--provision <file>', 'configuration and secrets of the node, in one YAML file')
    .addHelpText(
      'after',
      `
Writes the unit, its user and its folders, and a first configuration where there is none; then tells systemd. Credentials that
the configuration names (credential:<name>) are read from ${CREDENTIALS_DIR}/<name>.

Example:
  $ sudo fieldscout install --start`,
    )
    .action(install);
}

/** `fieldscout uninstall` */
export function uninstallCommand(): Command {
  return serviceVerb('uninstall', 'take the systemd service away; configuration and data stay')
    .addHelpText('after', '\nExample:\n  $ sudo fieldscout uninstall --dry-run')
    .action(uninstall);
}

function serviceVerb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--dry-run', 'say what would be done, and do nothing')
    .addOption(
      new Option('--config <file>', 'the configuration of the service').default(`${CONFIG_DIR}/fieldscout.yaml`),
    )
    .addOption(
      new Option('--root <dir>', 'write below this folder and tell systemd nothing: for images and packages').default(
        THIS_MACHINE,
      ),
    );
}

async function install(options: Options): Promise<void> {
  const { dryRun = false, start = false } = options;
  const provision = options.provision === undefined ? undefined : await readProvision(resolve(options.provision));
  for (const line of provision?.warnings ?? []) consoleLog().warn(line);
  const files = [
    ...(await filesOf(options, provision?.configuration)),
    ...(provision ? secretFiles(provision.secrets, CREDENTIALS_DIR) : []),
  ];
  requireReachable(process.execPath, packageDir);
  requireRoot(options);
  tell(await placeFiles(files, resolve(options.root), dryRun), dryRun);
  await take(start ? [...INSTALL_STEPS, START_STEP] : INSTALL_STEPS, options);
  print(`Edit ${options.config}, then: fieldscout doctor -c ${options.config}`);
  if (!start) print('Start it: systemctl start fieldscout');
}

async function uninstall(options: Options): Promise<void> {
  const { dryRun = false } = options;
  requireRoot(options);
  await take([STOP_STEP], options);
  tell(await removeFiles(await filesOf(options), resolve(options.root), dryRun), dryRun);
  await take([RELOAD_STEP], options);
  print(`${CONFIG_DIR}, /var/lib/fieldscout and the user fieldscout are left: delete them if nobody needs them.`);
}

async function filesOf({ root, config }: Options, provisioned?: string): Promise<readonly ServiceFile[]> {
  const starter = provisioned ?? starterFile;
  // What is there stays, so that it says which credentials there are.
  const text = (await textIfThere(join(resolve(root), config))) ?? starter;
  const [unit, sysusers, tmpfiles] = await Promise.all(serviceTexts.map((path) => readFile(path, 'utf8')));
  return serviceFiles(
    { node: process.execPath, packageDir, configFile: config, credentials: credentialNames(text) },
    { unit: unit as string, sysusers: sysusers as string, tmpfiles: tmpfiles as string, starter },
  );
}

/** In a sandbox home folders are empty. */
function requireReachable(...paths: readonly string[]): void {
  const hidden = paths.find((path) => /^\/(home|root|run\/user)\//.test(path));
  if (hidden === undefined) return;
  throw new FieldscoutError(
    'USAGE',
    `${hidden} lies in a home folder, which the service does not see.`,
    'Install Node.js for all users, copy this folder to /opt/fieldscout, and run "install" from there.',
  );
}

function requireRoot({ root, dryRun }: Options): void {
  if (dryRun || resolve(root) !== THIS_MACHINE || process.getuid?.() === 0) return;
  throw new FieldscoutError('USAGE', 'Only root may install a service.', 'Run it with sudo, or with --dry-run.');
}

async function take(steps: readonly Step[], { root, dryRun }: Options): Promise<void> {
  if (resolve(root) !== THIS_MACHINE) return;
  for (const step of steps) {
    print(`${dryRun ? 'would run' : 'run'}: ${step.join(' ')}`);
    if (!dryRun) await runStep(step);
  }
}
