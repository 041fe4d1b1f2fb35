import { createSecureContext } from 'node:tls';
import { errorLine, FieldscoutError } from '../errors.js';

/** @throws FieldscoutError BROKER_INVALID for PEM texts that cannot be used, or a key of another certificate */
export function checkCertificates(pem: {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}): void {
  const { ca, cert, key } = pem;
  if ((ca ?? cert ?? key) === undefined) return;
  try {
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    throw new FieldscoutError(
      'BROKER_INVALID',
      `mqtt.caFile, certFile or keyFile cannot be used: ${errorLine(cause)}.`,
      'Give PEM files, and the key that belongs to the certificate.',
      { cause },
    );
  }
}
