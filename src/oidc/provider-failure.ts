import type { Fact } from '../contract/attempt-facts.ts';
import { appError, type ErrorCode } from '../contract/errors.ts';
import { OutboundFailure, type OutboundFailureKind } from '../outbound/outbound-failure.ts';

// An admin chooses the URLs of a provider and must not learn what is behind an address. So an address that the policy
// refuses, an unknown name, a closed port and another protocol have the same code. The facts are for the log.
const codes = {
  url_refused: 'idp_address_refused',
  address_refused: 'idp_unreachable',
  dns_failed: 'idp_unreachable',
  connect_failed: 'idp_unreachable',
  proxy_failed: 'idp_unreachable',
  timeout: 'idp_unreachable',
  tls_failed: 'idp_tls_refused',
  too_large: 'idp_response_invalid',
  redirect: 'idp_response_invalid',
  encoded: 'idp_response_invalid',
  interim_responses: 'idp_response_invalid',
  bad_response: 'idp_response_invalid',
  busy: 'idp_busy',
  paused: 'idp_paused',
} as const satisfies Record<OutboundFailureKind, ErrorCode>;

/** The error of the API for a request to an identity provider that failed. */
export function providerFailure({ kind, facts, cause }: OutboundFailure) {
  const { untilMs, bytesAnnounced, reason, ...shared } = facts;
  return appError(codes[kind], {
    cause,
    meta: {
      ...shared,
      // The code says all about a paused endpoint.
      ...(kind === 'paused' ? {} : { reason: reason ?? kind }),
      ...(untilMs !== undefined && { until: new Date(untilMs).toISOString() }),
      ...(kind === 'too_large' && sizeFacts(shared.bytesMax, bytesAnnounced)),
    },
  });
}

/** For `catch`: throws a failed request as {@link providerFailure}, and anything else as it is. */
export function throwProviderFailure(thrown: unknown): never {
  throw thrown instanceof OutboundFailure ? providerFailure(thrown) : thrown;
}

function sizeFacts(bytesMax = 0, bytesAnnounced?: number): { readonly expected: Fact; readonly found: Fact } {
  return {
    expected: { code: 'at_most_bytes', bytes: bytesMax },
    // Without an announced length, only the limit is known, not the size of the whole.
    found:
      bytesAnnounced === undefined
        ? { code: 'more_than_bytes', bytes: bytesMax }
        : { code: 'bytes', bytes: bytesAnnounced },
  };
}
