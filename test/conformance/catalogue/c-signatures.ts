import type { CaseGroup } from './group.ts';

export const signatures: CaseGroup = {
  letter: 'C',
  title: 'Keys and signatures',
  cases: [
    { id: 'H049', attack: 'An unsigned ID token, whatever the spelling of "none"', expected: 'Refused' },
    {
      id: 'H050',
      attack: 'The public key used as the secret of a MAC',
      expected: 'Refused: the algorithm is the configured one',
    },
    { id: 'H051', attack: 'A good signature of an algorithm that is not the configured one', expected: 'Refused' },
    {
      id: 'H052',
      attack: 'EdDSA is named by one of its two names where the other is configured',
      expected: 'Accepted: they are one algorithm; Ed448 is not',
    },
    { id: 'H053', attack: 'Keys in the header of the token', expected: 'Ignored: keys come from the key set alone' },
    {
      id: 'H054',
      attack: 'A key id that is no short text, or is a path or SQL',
      expected: 'Refused; it only ever is compared',
    },
    { id: 'H055', attack: 'Critical headers, unencoded and compressed payloads', expected: 'Refused' },
    { id: 'H056', attack: 'A signature of a key that is published for something else', expected: 'Refused' },
    {
      id: 'H057',
      attack: 'Several keys of one key id',
      expected: 'Chosen by type and algorithm; the few that remain are tried',
    },
    { id: 'H058', attack: 'A token without key id', expected: 'The few keys that fit are tried' },
    {
      id: 'H059',
      attack: 'A private or a symmetric key in the published set',
      expected: 'Not used; a private one is taken as given away',
    },
    { id: 'H060', attack: 'A broken entry among good keys', expected: 'Skipped' },
    { id: 'H061', attack: 'An RSA key below 2,048 bits', expected: 'Not used' },
    { id: 'H062', attack: 'An ECDSA signature of zeros', expected: 'Refused' },
    { id: 'H063', attack: 'A signature that is empty, cut, padded or followed by more', expected: 'Refused' },
    { id: 'H064', attack: 'A token in another serialization', expected: 'Refused' },
    {
      id: 'H065',
      attack: 'An encrypted token that costs much to open',
      expected: 'Refused unopened: nothing is decrypted',
    },
    {
      id: 'H066',
      attack: 'A client secret too short for a MAC',
      expected: 'Stored, and the admin is warned',
    },
    { id: 'H067', attack: 'A MAC keyed with nothing, or with what is public', expected: 'Refused' },
    { id: 'H068', attack: 'Two organizations share a client secret', expected: 'Issuer and audience keep them apart' },
    { id: 'H069', attack: 'A key that the set itself assigns to another issuer', expected: 'Not used' },
    {
      id: 'H070',
      attack: 'Keys change between the request and the token',
      expected: 'Fetched once more; the sign-in succeeds',
    },
    {
      id: 'H071',
      attack: 'A key that was withdrawn signs again',
      expected: 'Refused from the next fetch, minutes at most',
    },
    {
      id: 'H072',
      attack: 'Something remembered for one organization is used for another',
      expected: 'Impossible: memory is keyed by the connection',
    },
    {
      id: 'H073',
      attack: "A provider asks for a client assertion that is good at another's",
      expected: 'The audience is the issuer alone, and each connection has its own key',
    },
    {
      id: 'H366',
      attack: 'A token names a key, and the only key of the set has no name',
      expected: 'That key verifies it; a forged signature and several unnamed keys do not pass',
    },
  ],
};
