import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';

import type { buildConnector } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';

import { isKnownError, type KnownError } from '../contract/errors.ts';
import type { Bulkhead } from './bulkhead.ts';
import { type ConnectorDeps, createGuardedConnector } from './guarded-connector.ts';
import type { HostAddress, HostLookup } from './host-lookup.ts';
import { chainLengthMax, probeCallMsMax, tokenCallMsMax, unreachableProbeMs } from './limits.ts';
import { dialTarget } from './outbound-policy.ts';
import type { Answer, OutboundRequest } from './outbound-request.ts';
import { receive } from './receive-answer.ts';

/** What is known of a connection that was made: it is told to whoever asked for the probe. */
export interface Contact {
  /** What the name resolved to; empty for a literal address. Every one of them passed the policy. */
  readonly addresses: readonly HostAddress[];
  /** `undefined` over plain http. */
  readonly tls: TlsFacts | undefined;
}

/** A certificate that was verified, and the protocol that was agreed on. */
export interface TlsFacts {
  readonly protocol: string;
  /** The names that the certificate is good for, as Node writes them (RFC 5280, section 4.2.1.6). */
  readonly names: string;
  readonly issuer: string;
  /** When the first certificate of the chain expires. */
  readonly expiresAtMs: number;
}

/**
 * What came of a probe. Everything that could tell where in the operator's network something listens is one and the same
 * `unreachable`: a name that does not exist or leads to an address that the policy refuses, a closed or filtered port,
 * silence, and what is not HTTP. `cause` is for the server's log alone.
 */
export type ProbeResult =
  | (Contact & { readonly kind: 'answered'; readonly answer: Answer })
  | (Contact & { readonly kind: 'answer_refused'; readonly reason: RefusedAnswer; readonly cause: KnownError })
  | {
      readonly kind: 'tls_refused';
      /** OpenSSL's name for what is wrong, as Node passes it on. */
      readonly reason: string;
      readonly names: string | undefined;
      readonly cause: KnownError;
    }
  | { readonly kind: 'unreachable'; readonly cause: KnownError }
  /** Of a host that had answered before: it accepted the connection, and no whole answer came. */
  | (Contact & { readonly kind: 'silent'; readonly cause: KnownError });

const refusedAnswers = ['redirect', 'encoded', 'too_large', 'interim_responses'] as const;
export type RefusedAnswer = (typeof refusedAnswers)[number];

/**
 * Calls a provider once, over a connection of its own, to find out how it answers. It obeys the same policy and the same
 * bulkhead as the guarded fetch, and no memory of past failures keeps it from trying.
 *
 * An `unreachable` always takes `unreachableProbeMs`, so that its time tells no more than its text.
 *
 * @throws `idp_busy` when the organization has too many calls under way
 */
export type GuardedProbe = (request: ProbeRequest) => Promise<ProbeResult>;

/** A request without its time limit. */
export type ProbeRequest = Omit<OutboundRequest, 'limits'> & {
  readonly bytesMax: number;
  /**
   * Whether the same origin answered a call of this test. Its silence then tells nothing about the operator's network, so
   * it gets as much time as a token request of a sign-in, and the result says that it was silent.
   */
  readonly hasAnswered?: boolean;
};

export interface GuardedProbeDeps extends ConnectorDeps {
  readonly bulkhead: Bulkhead;
  /** What undici is told about every connection. */
  readonly connections: Omit<Client.Options, 'connect'>;
}

/** Makes the probe. */
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
    // Whoever asks looks at the URL first, and tells what is wrong with it.
    throw new TypeError('a URL that the policy refuses is not probed');
  }
  const found: { addresses: readonly HostAddress[]; contact?: Contact } = { addresses: [] };
  const { host: ownHost } = dialTarget(verdict.url);
  const lookup: HostLookup = async (host) => {
    const addresses = await deps.lookup(host);
    // The operator's proxy is looked up as well, and is nobody's business.
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
    if (!isKnownError(error)) throw error;
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

function failure(cause: KnownError, contact: Contact | undefined): ProbeResult {
  const reason = 'reason' in cause.meta ? String(cause.meta.reason) : '';
  const refused = refusedAnswers.find((known) => known === reason);
  if (contact !== undefined && refused !== undefined) {
    return { kind: 'answer_refused', ...contact, reason: refused, cause };
  }
  return cause.code === 'idp_tls_refused'
    ? { kind: 'tls_refused', reason, names: namesOf(cause.cause), cause }
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

// A root is its own issuer, so the walk has to know where to stop.
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
