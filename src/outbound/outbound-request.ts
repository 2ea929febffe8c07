/** One call to a provider. */
export interface OutboundRequest {
  readonly url: URL | string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly limits: {
    readonly bytesMax: number;
    readonly totalMs: number;
    /** Until the end of the headers; the whole time where it is left out. */
    readonly headersMs?: number;
  };
  /** The organization on whose behalf the call is made; opaque here. */
  readonly bulkhead: string;
  /** What the call is for, as it stands in the log and in the record of the attempt. */
  readonly step: string;
}

/** A complete answer: below the size limit, unencoded, and no redirect. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. Of a repeated field the values are joined as RFC 9110, section 5.3, says. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}
