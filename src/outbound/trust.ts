import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * The CA certificates that the server trusts: Node's (and those of `NODE_EXTRA_CA_CERTS`) and the operator's. All
 * connections share one context, because reading the roots is slow.
 */
export function createTrust(operatorCertificates: readonly string[]): SecureContext {
  const own =
    operatorCertificates.length === 0 ? {} : { ca: [...getCACertificates('default'), ...operatorCertificates] };
  return createSecureContext({ ...own, minVersion: 'TLSv1.2' });
}
