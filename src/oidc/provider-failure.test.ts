import { expect, it } from 'vitest';

import { type OutboundFacts, OutboundFailure, type OutboundFailureKind } from '../outbound/outbound-failure.ts';
import { providerFailure, throwProviderFailure } from './provider-failure.ts';

const place = { step: 'keys', host: 'idp.example' };

it.each<[OutboundFailureKind, OutboundFacts, string, object]>([
  ['url_refused', { reason: 'port' }, 'idp_address_refused', { reason: 'port' }],
  ['address_refused', { address: '10.0.0.1' }, 'idp_unreachable', { reason: 'address_refused', address: '10.0.0.1' }],
  ['dns_failed', { reason: 'ENOTFOUND' }, 'idp_unreachable', { reason: 'ENOTFOUND' }],
  ['connect_failed', { reason: 'ECONNREFUSED' }, 'idp_unreachable', { reason: 'ECONNREFUSED' }],
  [
    'proxy_failed',
    { reason: 'proxy_refused', proxyStatus: 403 },
    'idp_unreachable',
    { reason: 'proxy_refused', proxyStatus: 403 },
  ],
  ['timeout', { reason: 'deadline' }, 'idp_unreachable', { reason: 'deadline' }],
  ['tls_failed', { reason: 'CERT_HAS_EXPIRED' }, 'idp_tls_refused', { reason: 'CERT_HAS_EXPIRED' }],
  [
    'redirect',
    { status: 302, redirectHost: 'other.example' },
    'idp_response_invalid',
    { reason: 'redirect', status: 302, redirectHost: 'other.example' },
  ],
  [
    'too_large',
    { bytesMax: 100 },
    'idp_response_invalid',
    {
      reason: 'too_large',
      bytesMax: 100,
      expected: { code: 'at_most_bytes', bytes: 100 },
      found: { code: 'more_than_bytes', bytes: 100 },
    },
  ],
  [
    'too_large',
    { bytesMax: 100, bytesAnnounced: 900 },
    'idp_response_invalid',
    {
      reason: 'too_large',
      bytesMax: 100,
      expected: { code: 'at_most_bytes', bytes: 100 },
      found: { code: 'bytes', bytes: 900 },
    },
  ],
  ['encoded', {}, 'idp_response_invalid', { reason: 'encoded' }],
  ['interim_responses', {}, 'idp_response_invalid', { reason: 'interim_responses' }],
  [
    'bad_response',
    { reason: 'UND_ERR_HEADERS_OVERFLOW' },
    'idp_response_invalid',
    { reason: 'UND_ERR_HEADERS_OVERFLOW' },
  ],
  ['busy', { reason: 'queue_full' }, 'idp_busy', { reason: 'queue_full' }],
  ['paused', { untilMs: 0 }, 'idp_paused', { until: '1970-01-01T00:00:00.000Z' }],
])('reports %s with %j as %s', (kind, facts, code, meta) => {
  const { code: reported, meta: found } = providerFailure(new OutboundFailure(kind, { ...place, ...facts }));
  expect([reported, found]).toStrictEqual([code, { ...place, ...meta }]);
});

it('keeps the cause of a failure for the log, and every other error as it is', () => {
  const cause = new Error('ECONNRESET');
  expect(() => throwProviderFailure(new OutboundFailure('connect_failed', { cause }))).toThrow(
    expect.objectContaining({ code: 'idp_unreachable', cause }),
  );
  expect(() => throwProviderFailure(cause)).toThrow(cause);
});
