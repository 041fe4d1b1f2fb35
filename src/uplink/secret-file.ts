import { FieldscoutError } from '../errors.js';
import { readRegularFile, unreadableReason } from '../regular-file.js';

const MAX_BYTES = 1 << 20;
/** A file beyond this is not even read to be refused. */
const MOST_READ_BYTES = 50_000_000;

/**
 * Reads a password, less one newline at its end, which editors add.
 * @param setting names the setting in messages, e.g. "mqtt.passwordFile"
 * @throws FieldscoutError CONFIG_UNREADABLE that names the setting and the file, never what is in it
 */
export async function readSecretFile(path: string, setting: string): Promise<string> {
  const secret = (await readText(path, setting)).replace(/\r?\n$/, '');
  if (secret !== '' && !/[\r\n]/.test(secret)) return secret;
  throw new FieldscoutError(
    'CONFIG_UNREADABLE',
    `${setting}: ${path} ${secret === '' ? 'is empty' : 'holds several lines'}.`,
    'Put the password and nothing else into it.',
  );
}

/** Reads a certificate or key in PEM, likewise. */
export async function readPemFile(path: string, setting: string): Promise<string> {
  const text = await readText(path, setting);
  if (text.includes('-----BEGIN ')) return text;
  throw new FieldscoutError('CONFIG_UNREADABLE', `${setting}: ${path} is not PEM.`, 'Convert it with openssl.');
}

async function readText(path: string, setting: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readRegularFile(path, MOST_READ_BYTES);
  } catch (cause) {
    throw new FieldscoutError(
      'CONFIG_UNREADABLE',
      `${setting}: ${path} cannot be read (${unreadableReason(cause)}).`,
      'Check the path and its permissions.',
      { cause },
    );
  }
  if (bytes.length <= MAX_BYTES) return bytes.toString('utf8');
  throw new FieldscoutError('CONFIG_UNREADABLE', `${setting}: ${path} is too large.`, 'Is it the right file?');
}
