/** Answers of brokers by code: CONNACK of MQTT 3.1.1 (below 128), reason codes of MQTT 5. */
const ANSWERS: Readonly<Record<number, string>> = {
  1: 'it does not speak this protocol version: set mqtt.protocolVersion to 4 or 5',
  2: 'it rejects the client id: set mqtt.clientId',
  3: 'it is unavailable',
  4: 'wrong user or password: check mqtt.username and mqtt.passwordFile',
  5: 'not authorised: check mqtt.username, mqtt.passwordFile and its access rules',
  132: 'it does not speak this protocol version: set mqtt.protocolVersion to 4 or 5',
  133: 'it rejects the client id: set mqtt.clientId',
  134: 'wrong user or password: check mqtt.username and mqtt.passwordFile',
  135: 'not authorised: check mqtt.username, mqtt.passwordFile and its access rules',
  136: 'it is unavailable',
  137: 'it is busy',
  138: 'it has banned this client',
  139: 'it is shutting down',
  141: 'it did not hear from this node in time',
  142: 'another client came with the same client id: give each node its own mqtt.clientId',
  144: 'it does not accept the topic: check mqtt.baseTopic',
  147: 'too many messages on their way',
  149: 'a message is too large for it: lower snapshots.maxBytes',
  150: 'messages come too fast for it',
  151: 'its quota is used up',
  153: 'it does not accept the payload',
  154: 'it does not keep retained messages, which are needed',
  155: 'it does not support QoS 1, which is needed',
  156: 'it asks to use another server: change mqtt.url',
  157: 'it has moved: change mqtt.url',
  159: 'connections come too fast for it',
};

/** Faults of the network and of TLS by Node's and OpenSSL's codes. */
const FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the broker running?',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the host name is not known: check mqtt.url',
  EAI_AGAIN: 'the host name cannot be looked up: is the network up?',
  CERT_HAS_EXPIRED: "the broker's certificate has expired, or this node's clock is wrong",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet, or this node's clock is wrong",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the broker's certificate is self-signed: set mqtt.caFile to it",
  SELF_SIGNED_CERT_IN_CHAIN: "mqtt.caFile is not the authority that signed the broker's certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "mqtt.caFile is not the authority that signed the broker's certificate",
  UNABLE_TO_GET_ISSUER_CERT: "mqtt.caFile is not the authority that signed the broker's certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "mqtt.caFile is not the authority that signed the broker's certificate",
  CERT_SIGNATURE_FAILURE: "mqtt.caFile is not the authority that signed the broker's certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another host name than mqtt.url's",
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port: check mqtt.url',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on that port: check mqtt.url',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate: set mqtt.certFile and mqtt.keyFile',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'it wants a client certificate: set mqtt.certFile and mqtt.keyFile',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know who signed the client certificate: check mqtt.certFile',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it refuses the client certificate: check mqtt.certFile',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client certificate has expired: renew mqtt.certFile',
};

/** @returns what a broker meant by its code, for people */
export function answerOf(code: number): string {
  return ANSWERS[code] ?? `it answers with code ${code}`;
}

/** @returns one clear line for whatever kept this node from its broker */
export function reasonOf(error: unknown): string {
  const { code, message } = describe(error);
  if (typeof code === 'number') return answerOf(code);
  if (/connack timeout/i.test(message)) return 'it accepts connections but does not answer in MQTT';
  if (/keepalive timeout/i.test(message)) return 'no answer in time';
  const fault = FAULTS[code ?? ''];
  return fault ?? `${message}${code && !message.includes(code) ? ` (${code})` : ''}`.replace(/\s*\n\s*/g, ' ');
}

/** Several addresses of one name fail as an AggregateError without a message: the first of them speaks. */
function describe(error: unknown): { readonly code: string | number | undefined; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  return { code: (error as { code?: string | number }).code, message: error.message };
}
