import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { modelsHome } from '../config/environment.js';
import { DEFAULT_FILE } from '../config/load.js';
import { modelPlace } from '../daemon/model-place.js';
import { checkSource } from '../daemon/source-of.js';
import { FieldscoutError } from '../errors.js';
import { findModelFolder, modelSearchDirs } from '../models/locate.js';
import { bundledPrompts } from '../paths.js';
import { loadPromptSets } from '../prompts/load.js';
import { filesInTheWay, placeFiles } from '../service/place-files.js';
import { type Provision, readProvision, withSecretsIn } from '../service/provision.js';
import { CONFIG_DIR, CREDENTIALS_DIR, type ServiceFile, secretFiles } from '../service/service-files.js';
import { type ConsoleLog, consoleLog } from './console-log.js';
import { tellPlacements } from './placement-text.js';
import { print } from './print.js';

interface Options {
  readonly dir: string;
  readonly service?: true;
  readonly root: string;
  readonly force?: true;
  readonly dryRun?: true;
}

const READABLE = 0o644;
const SECRETS = 'secrets';
/** As FIELDSCOUT_MODELS_DIR of the unit. */
const SERVICE_MODELS = '/var/lib/fieldscout/models';

const AFTER = `
The file holds "configuration", which is that of a node, and "secrets": what the configuration names credential:<name>, as text or as
"file: <path>". All is checked before anything is written: the configuration, the sources of its cameras, that each secret is there, that certificates
are valid now and the key is theirs. Then the folder holds fieldscout.yaml and secrets/<name> (mode 0600). With --service they go to
${CONFIG_DIR}, where "fieldscout install" finds them. deploy/node.example.yaml is an example.

Example:
  $ fieldscout provision node.yaml --dir scout-2
  $ sudo fieldscout provision node.yaml --service && sudo fieldscout install --start`;

/** `fieldscout provision`: a folder becomes a node, from one file. */
export function provisionCommand(): Command {
  return new Command('provision')
    .description('make a node from one file: its configuration and its secrets, checked first')
    .argument('<file>', 'configuration and secrets (YAML)')
    .addOption(new Option('--dir <dir>', "the node's folder").default('.', 'this one'))
    .addOption(new Option('--service', 'for the systemd service of this machine').conflicts('dir'))
    .addOption(new Option('--root <dir>', 'with --service: write below this folder, for images').default('/'))
    .option('--force', 'write over what is there')
    .option('--dry-run', 'check all and say what would be done, and do nothing')
    .addHelpText('after', AFTER)
    .action(provision);
}

async function provision(file: string, options: Options): Promise<void> {
  const { dryRun = false, force = false, service = false } = options;
  const log = consoleLog();
  const path = resolve(file);
  const provisioned = await readProvision(path);
  const dir = service ? CONFIG_DIR : resolve(options.dir);
  const root = service ? resolve(options.root) : '/';
  for (const camera of provisioned.config.cameras) checkSource(camera, path, dir);
  for (const line of provisioned.warnings) log.warn(line);
  await tellMissing(provisioned, dir, service, log);
  const files = service ? serviceNode(provisioned) : folderNode(provisioned, dir);
  const inTheWay = force ? [] : await filesInTheWay(files, root);
  if (inTheWay.length > 0)
    throw new FieldscoutError(
      'USAGE',
      `${inTheWay.join(', ')} ${inTheWay.length > 1 ? 'are' : 'is'} there already and would be another; nothing was written.`,
      'Look at it first; --force writes over it.',
    );
  // The configuration last: cut short in between, there is no node that lacks its secrets.
  tellPlacements(await placeFiles(files, root, dryRun), dryRun);
  if (dryRun) return;
  const { site, node } = provisioned.config;
  const next = service ? 'sudo fieldscout install --start' : `fieldscout doctor -c ${join(dir, DEFAULT_FILE)}`;
  print(`Node ${node} of site ${site.id} is provisioned. Next: ${next}`);
}

/** systemd hands the secrets over. */
const serviceNode = ({ configuration, secrets }: Provision): readonly ServiceFile[] => [
  ...secretFiles(secrets, CREDENTIALS_DIR),
  configFile(CONFIG_DIR, configuration),
];

const folderNode = ({ configuration, secrets }: Provision, dir: string): readonly ServiceFile[] => [
  ...secretFiles(secrets, join(dir, SECRETS)),
  configFile(dir, withSecretsIn(SECRETS, configuration)),
];

const configFile = (dir: string, text: string): ServiceFile => ({
  path: join(dir, DEFAULT_FILE),
  text,
  mode: READABLE,
  owner: 'ours',
});

/** What can still come later is no reason to refuse. */
async function tellMissing({ config }: Provision, dir: string, service: boolean, log: ConsoleLog): Promise<void> {
  const searchDirs = modelSearchDirs(service ? SERVICE_MODELS : modelsHome());
  const placed = (name: string) => (/\.ya?ml$/.test(name) ? resolve(dir, name) : name);
  const checks = [
    () => findModelFolder(modelPlace(config.model, dir), searchDirs),
    ...config.cameras.map(
      ({ prompts }) =>
        () =>
          loadPromptSets(prompts.map(placed), { promptsDirs: [bundledPrompts] }),
    ),
  ];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof FieldscoutError)) throw error;
      log.warn(error.line);
    }
  }
}
