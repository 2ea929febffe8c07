/** What went wrong with a request. It names only what happened on the wire; each caller gives it its own meaning. */
export type OutboundFailureKind =
  /** The outbound policy refuses the URL as it is written. */
  | 'url_refused'
  /** The outbound policy refuses an address of the host. */
  | 'address_refused'
  | 'dns_failed'
  | 'connect_failed'
  /** The operator's proxy cannot be reached, or refuses the connection. */
  | 'proxy_failed'
  | 'tls_failed'
  | 'timeout'
  | 'too_large'
  | 'redirect'
  /** The response has a content encoding. */
  | 'encoded'
  /** The response has too many interim responses. */
  | 'interim_responses'
  /** Any other response that cannot be read. */
  | 'bad_response'
  /** Too many requests are running. */
  | 'busy'
  /** The endpoint has failed so often that it is not called for a while. */
  | 'paused';

/** For the log. None of it is from the body of a response. */
export interface OutboundFacts {
  /** The purpose of the request. */
  readonly step?: string;
  readonly host?: string | undefined;
  /** A more precise reason than the kind, for example the error code of Node or OpenSSL. */
  readonly reason?: string;
  readonly address?: string;
  readonly status?: number;
  readonly redirectHost?: string | undefined;
  readonly bytesMax?: number;
  /** The size of the body, if the response announced it. */
  readonly bytesAnnounced?: number | undefined;
  /** When a paused endpoint is called again. */
  readonly untilMs?: number;
  readonly proxyReason?: string;
  readonly proxyStatus?: number;
}

/** A request that got no usable response. */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure';
  readonly kind: OutboundFailureKind;
  readonly facts: OutboundFacts;

  constructor(kind: OutboundFailureKind, { cause, ...facts }: OutboundFacts & { readonly cause?: unknown } = {}) {
    super(kind, { cause });
    this.kind = kind;
    this.facts = facts;
  }
}

/** The code of an error of Node, or else its name. */
export function errorReason(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
