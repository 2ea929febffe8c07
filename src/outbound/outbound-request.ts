/** One call to a provider. */
export interface OutboundRequest {
  readonly url: URL | string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly limits: {
    readonly bytesMax: number;
    readonly totalMs: number;
    /** Until the end of the headers; the whole time by default. */
    readonly headersMs?: number;
  };
  /** The organization on whose behalf the call is made; opaque here. */
  readonly bulkhead: string;
  /** The purpose of the call, for the log and the record of the attempt. */
  readonly step: string;
}

/** A complete response: below the size limit, without encoding and redirect. */
export interface OutboundResponse {
  readonly status: number;
  /** By lower-case name. The values of a repeated field are joined as in RFC 9110, section 5.3. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}
