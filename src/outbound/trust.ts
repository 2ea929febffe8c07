import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * Whom this server believes when a provider shows its certificate: the authorities that Node brings (and those of
 * `NODE_EXTRA_CA_CERTS`), and the operator's. One context for all connections, because reading the roots costs time.
 */
export function createTrust(operatorCertificates: readonly string[]): SecureContext {
  const own =
    operatorCertificates.length === 0 ? {} : { ca: [...getCACertificates('default'), ...operatorCertificates] };
  return createSecureContext({ ...own, minVersion: 'TLSv1.2' });
}
