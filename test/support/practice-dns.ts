import DNS from 'dns2';

const { Packet } = DNS;

/** The response for a name: TXT records (each a text, or its parts), or a failure. */
export type DnsEntry =
  | { readonly txt: readonly (string | readonly string[])[] }
  | { readonly alias: string; readonly txt: readonly string[] }
  | { readonly a: readonly string[] }
  | 'no such name'
  | 'no such record'
  | 'failure'
  | 'refused'
  | 'silence'
  | 'answer to another question';

/** A DNS server on loopback, over UDP and TCP. Other names do not exist. */
export interface PracticeDns {
  /** The value for `SALLYPORT_DNS_SERVERS`. */
  readonly address: string;
  /** The queries for TXT records so far, by name in lower case. */
  readonly questions: readonly string[];
  set(name: string, entry: DnsEntry): void;
  close(): Promise<void>;
}

/** Starts a DNS server whose responses the test sets. */
export async function startPracticeDns(): Promise<PracticeDns> {
  const entries = new Map<string, DnsEntry>();
  const questions: string[] = [];
  const handle: DNS.DnsHandler = (request, send) => {
    const question = request.questions[0]!;
    const name = question.name.toLowerCase();
    if (question.type === Packet.TYPE.TXT) questions.push(name);
    const answer = reply(request, entries.get(name) ?? 'no such name');
    if (answer !== undefined) void send(answer);
  };
  const { servers, port } = await listen(handle);
  return {
    address: `127.0.0.1:${port}`,
    questions,
    set: (name, entry) => void entries.set(name.toLowerCase(), entry),
    close: async () => {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}

// A long response is queried again over TCP, on the same port, which another program may use.
async function listen(handle: DNS.DnsHandler) {
  for (;;) {
    const udp = DNS.createUDPServer({ type: 'udp4' });
    udp.on('request', handle);
    await udp.listen(0, '127.0.0.1');
    const { port } = udp.address();
    const tcp = DNS.createTCPServer(handle);
    const isFree = await new Promise<boolean>((resolve) => {
      tcp.once('error', () => resolve(false));
      tcp.once('listening', () => resolve(true));
      void tcp.listen(port, '127.0.0.1');
    });
    if (isFree) return { servers: [udp, tcp], port };
    await new Promise<void>((resolve) => udp.close(() => resolve()));
  }
}

const failures = { 'no such name': 3, 'no such record': 0, failure: 2, refused: 5 } as const;

function reply(request: DNS.Packet, entry: DnsEntry): DNS.Packet | undefined {
  const response = Packet.createResponseFromRequest(request);
  const question = response.questions[0]!;
  const record = (name: string, type: number, data: object) =>
    void response.answers.push({ name, type, class: Packet.CLASS.IN, ttl: 300, ...data } as DNS.Packet.Resource);
  if (entry === 'silence') return undefined;
  if (entry === 'answer to another question') {
    question.name = 'another.example';
    record('another.example', Packet.TYPE.TXT, { data: 'anything' });
    return response;
  }
  if (typeof entry === 'string') {
    response.header.rcode = failures[entry];
    return response;
  }
  const { name, type } = question;
  if ('a' in entry) {
    if (type === Packet.TYPE.A) for (const address of entry.a) record(name, type, { address });
    return response;
  }
  if ('alias' in entry) record(name, Packet.TYPE.CNAME, { domain: entry.alias });
  const owner = 'alias' in entry ? entry.alias : name;
  if (type === Packet.TYPE.TXT) for (const data of entry.txt) record(owner, Packet.TYPE.TXT, { data });
  return response;
}
