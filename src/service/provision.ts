import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../config/schema.js';
import { FieldscoutError } from '../errors.js';
import { readYamlFile } from '../yaml-file.js';
import { CREDENTIALS_DIR, credentialNames, type ServiceFile } from './service-files.js';

const provisionSchema = z.strictObject({
  configuration: configSchema,
  secrets: z
    .record(z.string().regex(/^[A-Za-z0-9_][\w.-]*$/, 'use letters, digits, "_", "." or "-"'), z.string().min(1))
    .default({}),
});

/** What makes a board a node. */
export interface Provision {
  /** YAML, as it was written, without defaults. */
  readonly configuration: string;
  readonly secrets: readonly ServiceFile[];
}

const SECRET = 0o600;

/**
 * Reads the one file from which a node is provisioned: `configuration`, and `secrets` by the names under which it asks for them.
 * @throws FieldscoutError CONFIG_UNREADABLE or CONFIG_INVALID with the line of the first fault; for a secret that is asked for and not
 *   given, or given and not asked for
 */
export async function readProvision(path: string): Promise<Provision> {
  const { secrets } = await readYamlFile(path, provisionSchema, {
    unreadable: 'CONFIG_UNREADABLE',
    invalid: 'CONFIG_INVALID',
  });
  const raw = parse(await readFile(path, 'utf8')) as { configuration: unknown };
  const configuration = stringify(raw.configuration);
  const wanted = credentialNames(configuration);
  const given = Object.keys(secrets);
  const missing = wanted.filter((name) => !given.includes(name));
  const idle = given.filter((name) => !wanted.includes(name));
  if (missing.length + idle.length > 0)
    throw new FieldscoutError(
      'CONFIG_INVALID',
      missing.length > 0
        ? `${path}: secrets has no ${missing.join(', ')}.`
        : `${path}: the configuration does not ask for the secrets ${idle.join(', ')}.`,
      'Each credential:<name> of the configuration is a name in secrets, and the other way round.',
    );
  return {
    configuration,
    secrets: Object.entries(secrets).map(([name, text]) => ({
      path: join(CREDENTIALS_DIR, name),
      text,
      mode: SECRET,
      owner: 'ours',
    })),
  };
}
