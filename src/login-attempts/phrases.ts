/**
 * What the records of sign-ins say again and again: names of steps, and facts. A record holds a phrase's place in this
 * list instead of its text, which halves it. So the list only ever grows at its end: a place that is taken keeps its
 * phrase, also when no step says it any more. A step whose words are not here is written down in words.
 */
const phrases: readonly string[] = [
  'none',
  'the same',
  'discovery',
  'authorization_request',
  'a code, with state, nonce and PKCE',
  'attempt_cookie',
  'sealed for this state, unused',
  'configuration',
  'callback_form',
  'each parameter at most once, and a code or an error',
  'state',
  'the state of this attempt',
  'provider_document',
  'callback_iss',
  'none, which this provider may',
  'keys',
  'the key set of the provider',
  'token_request',
  'tokens',
  'tokens, to client_secret_basic',
  'tokens, to client_secret_post',
  'alg',
  'typ',
  'JWT, or none',
  'crit',
  'no extension',
  'kid',
  'signature',
  'made with a key of the remembered key set',
  'iss',
  'aud',
  'azp',
  'exp',
  'nbf',
  'iat',
  'auth_time',
  'a time, or none',
  'acr',
  'any, or none',
  'nonce',
  'the nonce of this attempt',
  'sub',
  '1 to 255 visible characters',
  'at_hash',
  'the hash of the access token, or none',
  'c_hash',
  'the hash of the code, or none',
  's_hash',
  'the hash of the state, or none',
  'events',
  'userinfo',
  'nothing is wanted from there',
  'email',
  'an e-mail address',
  'provisioning',
  'known',
  'groups',
  'groups are not managed by sign-ins',
  'session',
  'tokens, to client_secret_jwt',
  'tokens, to private_key_jwt',
  'tokens, to client_secret_basic_raw',
  'tokens, to none',
];

const places = new Map(phrases.map((phrase, place) => [phrase, place]));

/** A text as a record holds it: the place of a phrase, or the text itself. */
export type Packed = string | number;

export function packText<Text extends string>(text: Text): Text | number {
  return places.get(text) ?? text;
}

/** The text that a record holds; `undefined` for the place of a phrase that only a later version knows. */
export function unpackText(packed: Packed): string | undefined {
  return typeof packed === 'number' ? phrases[packed] : packed;
}
