import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from './needs.js';

export interface Certificate {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** Path of a PEM file. */
  readonly ca: string;
  /** Issues a certificate for a host or client; a negative time makes one that has expired. */
  issue(name: string, options?: { readonly expired?: boolean }): Certificate;
  remove(): void;
}

/** Makes a certificate authority with openssl in a folder of its own. */
export function makeAuthority(name: string): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'fieldscout-ca-'));
  const at = (file: string) => join(dir, file);
  writeFileSync(at('index.txt'), '');
  writeFileSync(
    at('ca.cnf'),
    [
      '[ca]',
      'default_ca = own',
      '[own]',
      `database = ${at('index.txt')}`,
      `new_certs_dir = ${dir}`,
      'default_md = sha256',
      'policy = any',
      'unique_subject = no',
      'rand_serial = yes',
      'copy_extensions = copy',
      '[any]',
      'commonName = supplied',
      '',
    ].join('\n'),
  );
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2', '-subj', `/CN=${name}`];
  openssl(['req', '-x509', ...newKey, ...ca]);
  return {
    ca: at('ca.pem'),
    issue(host, { expired = false } = {}) {
      const [key, request, cert] = [at(`${host}.key`), at(`${host}.csr`), at(`${host}${expired ? '-old' : ''}.pem`)];
      const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
      openssl(['req', '-new', ...newKey, '-keyout', key, '-out', request, ...names]);
      const dates = expired ? ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'] : ['-days', '1'];
      const signer = ['-cert', at('ca.pem'), '-keyfile', at('ca.key')];
      openssl(['ca', '-batch', '-notext', '-config', at('ca.cnf'), ...signer, '-in', request, '-out', cert, ...dates]);
      return { cert, key };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function openssl(args: readonly string[]): void {
  const made = spawnSync(findTool('openssl') ?? 'openssl', args, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`openssl ${args[0]} failed: ${made.stderr}`);
}
