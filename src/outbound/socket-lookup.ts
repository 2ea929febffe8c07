import type { HostAddress } from './host-lookup.ts';

/** The function that Node's sockets call to resolve a name (the shape of `dns.lookup` with `all`). */
export type SocketLookup = (
  host: string,
  options: object,
  callback: (error: Error | null, addresses: HostAddress[]) => void,
) => void;

/** Gives sockets the addresses that `resolve` returns, whatever name they request. */
export function socketLookup(resolve: () => Promise<readonly HostAddress[]>): SocketLookup {
  return (_host, _options, callback) => {
    resolve().then(
      (addresses) => callback(null, [...addresses]),
      (error: unknown) => callback(error instanceof Error ? error : new Error('look-up failed'), []),
    );
  };
}
