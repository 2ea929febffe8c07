import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';

import type { buildConnector } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';

import type { Bulkhead } from './bulkhead.ts';
import { type ConnectorDeps, createGuardedConnector } from './guarded-connector.ts';
import type { HostAddress, HostLookup } from './host-lookup.ts';
import { chainLengthMax, probeCallMsMax, tokenCallMsMax, unreachableProbeMs } from './limits.ts';
import { OutboundFailure } from './outbound-failure.ts';
import { dialTarget } from './outbound-policy.ts';
import type { OutboundResponse, OutboundRequest } from './outbound-request.ts';
import { receive } from './receive-answer.ts';

/** The properties of a connection, for the caller of the probe. */
export interface Contact {
  /** The addresses of the name; empty for a literal address. All of them satisfied the policy. */
  readonly addresses: readonly HostAddress[];
  /** `undefined` over plain http. */
  readonly tls: TlsFacts | undefined;
}

/** A verified certificate and the negotiated protocol. */
export interface TlsFacts {
  readonly protocol: string;
  /** The names in the certificate, in Node's notation (RFC 5280, section 4.2.1.6). */
  readonly names: string;
  readonly issuer: string;
  /** The earliest expiry in the certificate chain. */
  readonly expiresAtMs: number;
}

/**
 * The result of a probe. Everything that could reveal the operator's network is the same `unreachable`: an unknown
 * name, a name with an address that the policy rejects, a closed or filtered port, no response, and a response that is
 * not HTTP. `cause` is only for the server's log.
 */
export type ProbeResult =
  | (Contact & { readonly kind: 'answered'; readonly answer: OutboundResponse })
  | (Contact & { readonly kind: 'answer_refused'; readonly reason: RefusedAnswer; readonly cause: OutboundFailure })
  | {
      readonly kind: 'tls_refused';
      /** OpenSSL's error name, as Node reports it. */
      readonly reason: string;
      readonly names: string | undefined;
      readonly cause: OutboundFailure;
    }
  | { readonly kind: 'unreachable'; readonly cause: OutboundFailure }
  /** A host that had responded before accepted the connection, but no complete response arrived. */
  | (Contact & { readonly kind: 'silent'; readonly cause: OutboundFailure });

const refusedAnswers = ['redirect', 'encoded', 'too_large', 'interim_responses'] as const;
export type RefusedAnswer = (typeof refusedAnswers)[number];

/**
 * Calls a provider once, on a separate connection, to find out how it responds. It uses the same policy and the same
 * limits as the guarded fetch, and ignores the circuit breaker.
 *
 * `unreachable` always takes `unreachableProbeMs`, so that its duration reveals nothing.
 *
 * @throws {@link OutboundFailure} `busy` if the organization has too many running calls
 */
export type GuardedProbe = (request: ProbeRequest) => Promise<ProbeResult>;

/** A request without its time limit. */
export type ProbeRequest = Omit<OutboundRequest, 'limits'> & {
  readonly bytesMax: number;
  /**
   * Whether the same web origin has responded to a call of this test. Its silence then reveals nothing about the
   * operator's network, so it gets as much time as a token request of a sign-in, and the result says that it was
   * silent.
   */
  readonly hasAnswered?: boolean;
};

export interface GuardedProbeDeps extends ConnectorDeps {
  readonly bulkhead: Bulkhead;
  /** The options of every connection. */
  readonly connections: Omit<Client.Options, 'connect'>;
}

/** Creates the probe. */
export function createGuardedProbe(deps: GuardedProbeDeps): GuardedProbe {
  return async (request) => {
    await deps.bulkhead.enter(request.bulkhead);
    const unreachableTime = after(unreachableProbeMs);
    try {
      const result = await dial(request, deps);
      if (result.kind === 'unreachable') {
        await unreachableTime.passed;
      }
      return result;
    } finally {
      unreachableTime.cancel();
      deps.bulkhead.leave(request.bulkhead);
    }
  };
}

async function dial(request: ProbeRequest, deps: GuardedProbeDeps): Promise<ProbeResult> {
  const verdict = deps.policy.checkUrl(request.url);
  if (!verdict.ok) {
    // The caller checks the URL first and reports what is wrong with it.
    throw new TypeError('a URL that the policy refuses is not probed');
  }
  const found: { addresses: readonly HostAddress[]; contact?: Contact } = { addresses: [] };
  const { host: ownHost } = dialTarget(verdict.url);
  const lookup: HostLookup = async (host) => {
    const addresses = await deps.lookup(host);
    // The operator's proxy is looked up too, but not reported.
    if (host === ownHost) found.addresses = addresses;
    return addresses;
  };
  const connector = createGuardedConnector(verdict.url, { ...deps, lookup });
  const { bytesMax, hasAnswered = false, ...call } = request;
  const totalMs = hasAnswered ? tokenCallMsMax : probeCallMsMax;
  const client = new Client(verdict.url.origin, {
    ...deps.connections,
    headersTimeout: totalMs,
    connect: observe(connector, (socket) => {
      found.contact = { addresses: found.addresses, tls: tlsFacts(socket) };
    }),
  });
  try {
    const answer = await receive(client, verdict.url, { ...call, limits: { bytesMax, totalMs } });
    const contact = found.contact ?? { addresses: found.addresses, tls: undefined };
    return { kind: 'answered', ...contact, answer };
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    const result = failure(error, found.contact);
    if (result.kind !== 'unreachable' || !hasAnswered || found.contact === undefined) return result;
    return { kind: 'silent', ...found.contact, cause: error };
  } finally {
    await client.destroy();
  }
}

type Socket = Parameters<Parameters<buildConnector.connector>[1]>[1];

function observe(connector: buildConnector.connector, see: (socket: NonNullable<Socket>) => void) {
  const observed: buildConnector.connector = (options, callback) =>
    connector(options, (...outcome) => {
      if (outcome[0] === null) see(outcome[1]);
      callback(...outcome);
    });
  return observed;
}

function failure(cause: OutboundFailure, contact: Contact | undefined): ProbeResult {
  const refused = refusedAnswers.find((kind) => kind === cause.kind);
  if (contact !== undefined && refused !== undefined) {
    return { kind: 'answer_refused', ...contact, reason: refused, cause };
  }
  return cause.kind === 'tls_failed'
    ? { kind: 'tls_refused', reason: cause.facts.reason ?? '', names: namesOf(cause.cause), cause }
    : { kind: 'unreachable', cause };
}

function namesOf(error: unknown): string | undefined {
  const certificate = error instanceof Error && 'cert' in error ? error.cert : undefined;
  const names =
    typeof certificate === 'object' && certificate !== null && 'subjectaltname' in certificate
      ? certificate.subjectaltname
      : undefined;
  return typeof names === 'string' ? names : undefined;
}

function tlsFacts(socket: NonNullable<Socket>): TlsFacts | undefined {
  if (!(socket instanceof TLSSocket)) {
    return undefined;
  }
  const leaf = socket.getPeerCertificate(true);
  return {
    protocol: socket.getProtocol() ?? '',
    names: leaf.subjectaltname ?? '',
    issuer: [leaf.issuer.O, leaf.issuer.CN].flat().filter(Boolean).join(', '),
    expiresAtMs: Math.min(...chainOf(leaf).map(({ valid_to: end }) => Date.parse(end))),
  };
}

// A root certificate is its own issuer, so the loop needs an end.
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [leaf];
  for (let next = leaf.issuerCertificate; chain.length < chainLengthMax; next = next.issuerCertificate) {
    // An incomplete chain ends in undefined, whatever the types say.
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
  }
  return chain;
}

function after(ms: number): { readonly passed: Promise<void>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return { passed: promise, cancel: () => clearTimeout(timer) };
}
