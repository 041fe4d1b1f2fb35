import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument, stringify, visit, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { type Config, configSchema } from '../config/schema.js';
import { FieldscoutError } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';
import { readYamlFile } from '../yaml-file.js';
import { checkProvisionedCertificates } from './provision-certificates.js';
import { credentialNames } from './service-files.js';

/** It becomes a file's name. */
const SECRET_NAME = /^[A-Za-z0-9_][\w.-]{0,199}$/;

const secret = z.union([z.string().min(1), z.strictObject({ file: z.string().min(1) })], {
  error: 'give a text in quotes, or "file:" with a path relative to this file',
});

const provisionSchema = z.strictObject({
  configuration: configSchema,
  secrets: z
    .record(z.string(), secret)
    .superRefine((secrets, context) => {
      for (const name of Object.keys(secrets))
        if (!SECRET_NAME.test(name))
          context.addIssue({
            code: 'custom',
            path: [name],
            message: 'a name has at most 200 letters, digits, "_", "." or "-", and begins with none of the last two',
          });
    })
    .default({}),
});

/** What makes a board a node. */
export interface Provision {
  /** YAML, as it was written, without defaults. */
  readonly configuration: string;
  readonly config: Config;
  /** By the names under which the configuration asks for them. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Lines for people: what was not checked, or should be mended. */
  readonly warnings: readonly string[];
}

const MOST_SECRET_BYTES = 1 << 20;
const READABLE_BY_OTHERS = 0o077;
const CREDENTIAL = /^credential:([\w.-]+)$/;
const CODES = { unreadable: 'CONFIG_UNREADABLE', invalid: 'CONFIG_INVALID' } as const;

/**
 * Reads the one file from which a node is provisioned: `configuration`, and `secrets` by the names under which it asks for them, each its text or
 * the file that holds it. Nothing that is secret stands in a message.
 * @throws FieldscoutError CONFIG_UNREADABLE or CONFIG_INVALID with the line of the first fault; for a secret that is asked for and not
 *   given, or given and not asked for; for a password of several lines; for certificates that are not valid now, or another's key
 */
export async function readProvision(path: string, nowMs: number = Date.now()): Promise<Provision> {
  const raw = await rawConfiguration(path);
  const { configuration: config, secrets: given } = await readYamlFile(path, provisionSchema, CODES);
  const configuration = stringify(raw);
  requireEach(credentialNames(configuration), Object.keys(given), path);
  const secrets = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) secrets.set(name, await secretText(name, value, path));
  const textOf = (place: string | undefined): string | undefined =>
    place === undefined ? undefined : secrets.get(CREDENTIAL.exec(place)?.[1] ?? '');
  for (const [setting, place] of [
    ['mqtt.passwordFile', config.mqtt.passwordFile],
    ['broker.passwordFile', config.broker.passwordFile],
  ] as const)
    requireOneLine(textOf(place), setting, path);
  const { caFile, certFile, keyFile } = config.mqtt;
  checkProvisionedCertificates({ ca: textOf(caFile), cert: textOf(certFile), key: textOf(keyFile) }, path, nowMs);
  return { configuration, config, secrets, warnings: await warningsOf(path, given, config) };
}

/** The configuration with paths in the place of systemd's credentials, for a node that is no service. @param folder of the secrets */
export function withSecretsIn(folder: string, configuration: string): string {
  const document = parseDocument(configuration);
  visit(document, {
    Scalar: (_, node) => {
      const [, name] = typeof node.value === 'string' ? (CREDENTIAL.exec(node.value) ?? []) : [];
      if (name !== undefined) node.value = `${folder}/${name}`;
    },
  });
  return String(document);
}

/** The parser's own words may hold a secret (that of an alias, say): only the place is told. */
async function rawConfiguration(path: string): Promise<unknown> {
  let text: string;
  try {
    text = (await readRegularFile(path, MOST_SECRET_BYTES)).toString('utf8');
  } catch (cause) {
    throw new FieldscoutError(
      'CONFIG_UNREADABLE',
      `${path} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
  const document = parseDocument(text);
  const [fault] = document.errors;
  let hasAlias = false;
  visit(document, {
    Alias: () => {
      hasAlias = true;
      return visit.BREAK;
    },
  });
  if (fault || hasAlias)
    throw new FieldscoutError(
      'CONFIG_INVALID',
      fault ? `${path}${placeOf(fault)}: not YAML.` : `${path}: a value begins with "*", which YAML reads as an alias.`,
      'Put secrets in quotes, and mend the indentation there.',
    );
  return (document.toJS() as { configuration?: unknown } | null)?.configuration ?? {};
}

const placeOf = ({ linePos }: YAMLParseError): string => (linePos ? `:${linePos[0].line}:${linePos[0].col}` : '');

function requireEach(wanted: readonly string[], given: readonly string[], path: string): void {
  const missing = wanted.filter((name) => !given.includes(name));
  const idle = given.filter((name) => !wanted.includes(name));
  if (missing.length + idle.length === 0) return;
  throw new FieldscoutError(
    'CONFIG_INVALID',
    missing.length > 0
      ? `${path}: secrets has no ${missing.join(', ')}.`
      : `${path}: the configuration does not ask for the secrets ${idle.join(', ')}.`,
    'Each credential:<name> of the configuration is a name in secrets, and the other way round.',
  );
}

async function secretText(name: string, value: string | { readonly file: string }, path: string): Promise<string> {
  if (typeof value === 'string') return value;
  const place = resolve(dirname(path), value.file);
  let text: string;
  try {
    text = (await readRegularFile(place, MOST_SECRET_BYTES)).toString('utf8');
  } catch (cause) {
    throw new FieldscoutError(
      'CONFIG_UNREADABLE',
      `${path}: secrets.${name}: ${place} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
  if (text !== '') return text;
  throw new FieldscoutError('CONFIG_INVALID', `${path}: secrets.${name}: ${place} is empty.`, 'Is it the right file?');
}

/** As the node will read it. */
function requireOneLine(password: string | undefined, setting: string, path: string): void {
  const bare = password?.replace(/\r?\n$/, '');
  if (bare === undefined || (bare !== '' && !/[\r\n]/.test(bare))) return;
  throw new FieldscoutError(
    'CONFIG_INVALID',
    `${path}: what ${setting} names ${bare === '' ? 'is empty' : 'has several lines'}.`,
    'A password is one line and nothing else.',
  );
}

async function warningsOf(path: string, given: Readonly<Record<string, unknown>>, config: Config) {
  const warnings: string[] = [];
  const isHere = Object.values(given).some((value) => typeof value === 'string');
  if (isHere && ((await stat(path)).mode & READABLE_BY_OTHERS) !== 0)
    warnings.push(`${path} holds secrets and others may read it: chmod 600, and delete it afterwards`);
  for (const setting of ['passwordFile', 'caFile', 'certFile', 'keyFile'] as const) {
    const place = config.mqtt[setting];
    if (place !== undefined && !CREDENTIAL.test(place))
      warnings.push(`mqtt.${setting} names a path on the node: what lies there was not checked`);
  }
  return warnings;
}
