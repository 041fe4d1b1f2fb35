import { join } from 'node:path';
import { parse } from 'yaml';
import { FieldscoutError } from '../errors.js';

/** One file or folder of the service, with its place on the machine. */
export interface ServiceFile {
  /** Absolute, as the running machine sees it. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** `ours`: written anew at each install and removed with the service. `theirs`: written once, then left to the person. */
  readonly owner: 'ours' | 'theirs';
}

export interface ServiceSettings {
  /** The Node.js that runs the service. */
  readonly node: string;
  /** Folder of the installed package. */
  readonly packageDir: string;
  readonly configFile: string;
  /** Names that the configuration gives as `credential:<name>`. */
  readonly credentials: readonly string[];
}

/** The texts that the package brings along. */
export interface ServiceTexts {
  readonly unit: string;
  readonly sysusers: string;
  readonly tmpfiles: string;
  readonly starter: string;
}

export const UNIT = 'fieldscout.service';
export const CONFIG_DIR = '/etc/fieldscout';
export const CREDENTIALS_DIR = `${CONFIG_DIR}/credentials`;
const SYSTEMD_DIR = '/etc/systemd/system';
const READABLE = 0o644;
const SECRET = 0o600;

/** All that an installed service consists of. @throws FieldscoutError USAGE for a path that a unit cannot hold */
export function serviceFiles(settings: ServiceSettings, texts: ServiceTexts): readonly ServiceFile[] {
  const ours = (path: string, text: string): ServiceFile => ({ path, text, mode: READABLE, owner: 'ours' });
  return [
    ours(join(SYSTEMD_DIR, UNIT), texts.unit),
    ours(join(SYSTEMD_DIR, `${UNIT}.d`, '10-this-machine.conf'), dropIn(settings)),
    ours('/etc/sysusers.d/fieldscout.conf', texts.sysusers),
    ours('/etc/tmpfiles.d/fieldscout.conf', texts.tmpfiles),
    { path: settings.configFile, text: texts.starter, mode: READABLE, owner: 'theirs' },
  ];
}

/** Secrets by name, each a file for root alone, or for whoever runs the node. */
export const secretFiles = (secrets: ReadonlyMap<string, string>, folder: string): readonly ServiceFile[] =>
  [...secrets].map(([name, text]) => ({ path: join(folder, name), text, mode: SECRET, owner: 'ours' }));

/** What is different from machine to machine. */
function dropIn({ node, packageDir, configFile, credentials }: ServiceSettings): string {
  const command = [node, join(packageDir, 'bin/fieldscout.mjs'), 'run', '-c', configFile].map(unitWord);
  return [
    '# Written by "fieldscout install": where things are on this machine.',
    '[Service]',
    'ExecStart=',
    `ExecStart=${command.join(' ')}`,
    ...credentials.map((name) => `LoadCredential=${name}:${CREDENTIALS_DIR}/${name}`),
    '',
  ].join('\n');
}

/** A word of a command line in a unit, see systemd.service(5): `%` and `$` would be expanded, quotes and backslashes are escapes. */
function unitWord(word: string): string {
  if (/[\p{Cc}]/u.test(word))
    throw new FieldscoutError(
      'USAGE',
      `A path for the service has control characters: ${JSON.stringify(word)}.`,
      'Name another place.',
    );
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./:@+-]+$/.test(word) ? word : `"${escaped}"`;
}

/** Names that a configuration gives as `credential:<name>`, each once, sorted; of a text that is no YAML there are none. */
export function credentialNames(configText: string): readonly string[] {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      const [, name] = /^credential:([\w.-]+)$/.exec(value) ?? [];
      if (name !== undefined && !/^\.+$/.test(name)) names.add(name);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  try {
    walk(parse(configText));
  } catch {
    return []; // "fieldscout config check" tells what is wrong with it
  }
  return [...names].sort();
}
