import { headKeyPurpose } from '../audit/head-keys.ts';
import { previousSecretPurpose, webhookSecretPurpose } from '../audit-webhooks/secrets.ts';
import { clientKeyPurpose, secretPurpose } from '../connections/rules.ts';
import { mailPurpose } from '../invitations/queue-mail.ts';
import type { SealedColumn } from '../storage/keys/sealed-column-queries.ts';
import { signingKeyPurpose } from '../signing-keys/make-signing-key.ts';

/**
 * Every column that a data key encrypts. A missing column could not be decrypted after its data key is deleted. A test
 * compares this table with the database.
 */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'signing_keys',
    key: 'id',
    column: 'sealed_private_jwk',
    needs: [],
    purposeOf: ({ id = '' }) => signingKeyPurpose(id),
  },
  { table: 'audit_keys', key: 'id', column: 'sealed_key', needs: [], purposeOf: () => headKeyPurpose },
  {
    table: 'audit_webhooks',
    key: 'id',
    column: 'sealed_secret',
    needs: ['organization_id'],
    purposeOf: ({ organization_id = '', id = '' }) => webhookSecretPurpose(organization_id, id),
  },
  {
    table: 'audit_webhooks',
    key: 'id',
    column: 'sealed_previous_secret',
    needs: ['organization_id'],
    purposeOf: ({ organization_id = '', id = '' }) => previousSecretPurpose(organization_id, id),
  },
  {
    table: 'connections',
    key: 'id',
    column: 'sealed_client_secret',
    needs: ['organization_id', 'configuration_type', 'issuer', 'token_endpoint', 'discovery_url'],
    purposeOf: ({ organization_id, configuration_type, issuer = '', token_endpoint = '', discovery_url = '' }) =>
      secretPurpose(organization_id ?? '', {
        configurationType: configuration_type === 'custom' ? 'custom' : 'discoveryURL',
        issuer,
        tokenEndpoint: token_endpoint,
        discoveryURL: discovery_url,
      }),
  },
  {
    table: 'client_keys',
    key: 'id',
    column: 'sealed_private_jwk',
    needs: ['destination'],
    purposeOf: ({ id = '', destination = '' }) => clientKeyPurpose(id, destination),
  },
  { table: 'mail_outbox', key: 'id', column: 'sealed_message', needs: [], purposeOf: ({ id = '' }) => mailPurpose(id) },
];
