import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { FieldscoutError } from '../errors.js';

/** PEM texts that a node is given. */
export interface ProvisionedCertificates {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Whether every certificate can be read and is valid now, and the key belongs to the client certificate. Of a certificate its subject is told, of
 * a key nothing.
 * @param file the provisioning file, for people
 * @throws FieldscoutError CONFIG_INVALID that names the setting
 */
export function checkProvisionedCertificates(pem: ProvisionedCertificates, file: string, nowMs: number): void {
  const { ca, cert, key } = pem;
  if (ca !== undefined) certificatesIn(ca, 'mqtt.caFile', file, nowMs);
  const [own] = cert === undefined ? [] : certificatesIn(cert, 'mqtt.certFile', file, nowMs);
  const privateKey = key === undefined ? undefined : keyIn(key, file);
  if (own && privateKey && !own.checkPrivateKey(privateKey))
    throw invalid(file, 'mqtt.keyFile', 'is not the key of the certificate of mqtt.certFile');
}

function certificatesIn(text: string, setting: string, file: string, nowMs: number): readonly X509Certificate[] {
  const found = (text.match(CERTIFICATES) ?? []).map((pem) => readCertificate(pem, setting, file));
  if (found.length === 0) throw invalid(file, setting, 'holds no certificate in PEM');
  for (const { subject, validFrom, validTo } of found) {
    const name = subject.split('\n').join(', ');
    if (Date.parse(validTo) <= nowMs) throw invalid(file, setting, `expired on ${validTo} (${name})`);
    if (Date.parse(validFrom) > nowMs) throw invalid(file, setting, `is not valid before ${validFrom} (${name})`);
  }
  return found;
}

function readCertificate(pem: string, setting: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw invalid(file, setting, 'holds a certificate that cannot be read', cause);
  }
}

/** The cause is not told: it may hold what is secret. */
function keyIn(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw invalid(file, 'mqtt.keyFile', 'is no private key in PEM without a passphrase');
  }
}

function invalid(file: string, setting: string, what: string, cause?: unknown): FieldscoutError {
  return new FieldscoutError(
    'CONFIG_INVALID',
    `${file}: what ${setting} names ${what}.`,
    'Give PEM texts that are valid now, and the key that belongs to the certificate; is the clock of this machine right?',
    { cause },
  );
}
