import type { CaseGroup } from './group.ts';

export const signatures: CaseGroup = {
  letter: 'C',
  title: 'Keys and signatures',
  cases: [
    { id: 'H049', attack: 'An unsigned ID token, in any spelling of "none"', expected: 'Rejected' },
    {
      id: 'H050',
      attack: 'The public key used as an HMAC secret',
      expected: 'Rejected: only the configured algorithm is accepted',
    },
    { id: 'H051', attack: 'A valid signature with an algorithm that is not the configured one', expected: 'Rejected' },
    {
      id: 'H052',
      attack: 'The token uses one of the two names of EdDSA and the connection the other',
      expected: 'Accepted: both name one algorithm; Ed448 is rejected',
    },
    { id: 'H053', attack: "Keys in the token's header", expected: 'Ignored: keys come only from the JWK Set' },
    {
      id: 'H054',
      attack: 'A key ID that is not a short string, or is a path or SQL',
      expected: 'Rejected; the key ID is only ever compared',
    },
    { id: 'H055', attack: 'Critical headers, unencoded and compressed payloads', expected: 'Rejected' },
    { id: 'H056', attack: 'A signature by a key published for another use', expected: 'Rejected' },
    {
      id: 'H057',
      attack: 'Several keys with the same key ID',
      expected: 'Selected by type and algorithm; the few that remain are tried',
    },
    { id: 'H058', attack: 'A token without a key ID', expected: 'The few suitable keys are tried' },
    {
      id: 'H059',
      attack: 'A private or symmetric key in the published JWK Set',
      expected: 'Not used; a private key counts as compromised',
    },
    { id: 'H060', attack: 'An invalid entry among valid keys', expected: 'Skipped' },
    { id: 'H061', attack: 'An RSA key below 2,048 bits', expected: 'Not used' },
    { id: 'H062', attack: 'An ECDSA signature of zeros', expected: 'Rejected' },
    { id: 'H063', attack: 'A signature that is empty, truncated, padded or has trailing data', expected: 'Rejected' },
    { id: 'H064', attack: 'A token in another serialization', expected: 'Rejected' },
    {
      id: 'H065',
      attack: 'An encrypted token that is expensive to decrypt',
      expected: 'Rejected: the server decrypts no tokens',
    },
    {
      id: 'H066',
      attack: 'A client secret too short for HMAC',
      expected: 'Stored, with a warning to the admin',
    },
    { id: 'H067', attack: 'An HMAC with an empty or public key', expected: 'Rejected' },
    {
      id: 'H068',
      attack: 'Two organizations share a client secret',
      expected: 'The checks of issuer and audience separate them',
    },
    { id: 'H069', attack: 'A key that the JWK Set assigns to another issuer', expected: 'Not used' },
    {
      id: 'H070',
      attack: 'The keys change between the authorization request and the token',
      expected: 'The JWK Set is fetched again; the sign-in succeeds',
    },
    {
      id: 'H071',
      attack: 'A withdrawn key signs again',
      expected: 'Rejected from the next fetch, within minutes',
    },
    {
      id: 'H072',
      attack: 'A cached value of one organization is used for another',
      expected: 'Impossible: caches are keyed by connection',
    },
    {
      id: 'H073',
      attack: 'A provider requests a client assertion that another provider would accept',
      expected: 'The audience is the issuer alone, and each connection has its own key',
    },
    {
      id: 'H366',
      attack: 'A token has a key ID, and the only key in the JWK Set has none',
      expected: 'That key verifies it; a forged signature is rejected, and so is a set of several keys without key IDs',
    },
  ],
};
