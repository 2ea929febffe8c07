import type { ErrorCode } from './errors.ts';
import type { AttemptStepName } from './login-attempts.ts';

/** Where the metadata of an identity provider came from: the connection's own settings, the cache, or a request. */
export type MetadataSource = 'typed' | 'cached' | 'fetched';

/** Facts that need no parameters. */
type PlainFact =
  | 'none'
  | 'null'
  | 'same'
  // The browser and the attempt.
  | 'code_flow'
  | 'sealed_for_state'
  | 'code_or_error'
  | 'attempt_state'
  | 'iss_optional'
  // Keys and signatures.
  | 'jwk_set'
  | 'no_matching_key'
  | 'tokens'
  | 'compact_jws'
  | 'token_encrypted'
  | 'token_unsigned'
  | 'token_without_signature'
  | 'token_malformed'
  | 'jwt'
  | 'jwt_or_none'
  | 'no_extension'
  | 'header_extension'
  | 'kid_malformed'
  | 'signed_with_secret'
  | 'signed_with_cached_key'
  | 'signed_with_fetched_key'
  | 'not_signed_with_secret'
  | 'not_signed_with_published_key'
  | 'mac_without_secret'
  // Claims.
  | 'time_or_none'
  | 'any_or_none'
  | 'attempt_nonce'
  | 'access_token_hash_or_none'
  | 'code_hash_or_none'
  | 'state_hash_or_none'
  | 'required_values'
  | 'required_value'
  | 'contains_required_value'
  | 'no_object_on_path'
  | 'other_iss'
  | 'other_aud'
  | 'exp_passed'
  | 'nbf_in_future'
  // Userinfo, account and groups.
  | 'id_token_subject'
  | 'userinfo_not_needed'
  | 'no_userinfo_endpoint'
  | 'header_unsafe_characters'
  | 'signed_jwt'
  | 'email_address'
  | 'groups_not_managed';

/**
 * Facts with parameters. A parameter is an issuer, a client id, an algorithm, a key's name, a time, a count, a domain or
 * a word of a closed list. It is never a token, a secret, a code, a `state`, a subject, a name or another claim of a user.
 * A code keeps its parameters permanently. A fact that needs other parameters gets a new code.
 */
export interface FactParameters {
  readonly issuer: { readonly issuer: string };
  readonly issuers: { readonly issuers: readonly string[] };
  readonly issuer_from: { readonly issuer: string; readonly source: MetadataSource };
  readonly same_issuer_from: { readonly source: MetadataSource };
  readonly token_endpoint_origin: { readonly origin: string };
  readonly age: { readonly seconds: number };
  readonly revision: { readonly revision: number };
  readonly tokens_for: { readonly method: string };
  readonly algorithm: { readonly algorithm: string };
  readonly signed_with: { readonly algorithm: string };
  readonly typ: { readonly typ: string };
  readonly kid: { readonly kid: string };
  readonly client: { readonly clientId: string };
  readonly client_or_none: { readonly clientId: string };
  readonly client_and_trusted: { readonly clientId: string };
  readonly audiences: { readonly audiences: readonly string[] };
  /** A claim whose value is not shown: a string, a list or another type. */
  readonly string: { readonly length: number };
  readonly list: { readonly count: number };
  readonly type: { readonly type: string };
  readonly time: { readonly seconds: number };
  readonly milliseconds: { readonly value: number };
  readonly number: { readonly value: number };
  readonly after: { readonly seconds: number };
  readonly not_before: { readonly seconds: number };
  readonly not_after_or_none: { readonly seconds: number };
  readonly between: { readonly fromSeconds: number; readonly toSeconds: number };
  readonly acr: { readonly acr: string };
  readonly acr_values: { readonly values: readonly string[] };
  readonly visible_characters: { readonly lengthMax: number };
  readonly required_claims: { readonly claims: readonly string[] };
  readonly one_of: { readonly count: number };
  readonly contains_one_of: { readonly count: number };
  readonly contains_all: { readonly count: number };
  readonly userinfo_claims: { readonly wanted: readonly ('all' | 'email' | 'name' | 'groups')[] };
  readonly userinfo_failed: { readonly error: ErrorCode };
  readonly access_token: { readonly lengthMax: number };
  readonly bytes: { readonly bytes: number };
  readonly at_most_bytes: { readonly bytes: number };
  readonly more_than_bytes: { readonly bytes: number };
  readonly characters: { readonly characters: number };
  readonly at_most_characters: { readonly characters: number };
  readonly email_from: {
    readonly claim: string;
    readonly source: 'id_token' | 'userinfo';
    readonly domain: string;
    readonly verified: 'yes' | 'no' | 'unknown';
  };
  readonly account: { readonly decision: 'known' | 'linked' | 'relinked' | 'rejoined' | 'provisioned' };
  readonly groups_claim: { readonly state: string };
  readonly session_end: { readonly seconds: number };
  // What a failed step found, if its error names nothing more precise.
  readonly provider_error: { readonly error: string; readonly description?: string };
  readonly claim: { readonly claim: string };
  readonly claim_state: { readonly state: string };
  readonly domain: { readonly domain: string };
  readonly reason: { readonly reason: string };
  readonly status: { readonly status: number };
  readonly error: { readonly error: string };
}

export type FactCode = PlainFact | keyof FactParameters;

/** The parameters of a fact. */
export type ParametersOf<Code extends FactCode> = Code extends keyof FactParameters ? FactParameters[Code] : unknown;

/** A fact with one of these codes. */
export type FactOf<Code extends FactCode> = Code extends FactCode
  ? { readonly code: Code } & ParametersOf<Code>
  : never;

/** What a step of a sign-in expected or found, as a code with its parameters. */
export type Fact = FactOf<FactCode>;

/** What the value of a claim is, without the value itself. */
export type KindFact = FactOf<'none' | 'null' | 'string' | 'list' | 'type'>;

type TimeFact = FactOf<'time' | 'milliseconds' | 'number'> | KindFact;

/** What each step can say that it expected. A step without a row says nothing. */
interface Expectations {
  readonly attempt_cookie: FactOf<'sealed_for_state'>;
  readonly configuration: FactOf<'revision'>;
  readonly callback_form: FactOf<'code_or_error'>;
  readonly state: FactOf<'attempt_state'>;
  readonly provider_document: FactOf<'issuer'>;
  readonly callback_iss: FactOf<'issuer'>;
  readonly token_request: FactOf<'tokens'>;
  readonly alg: FactOf<'algorithm'>;
  readonly typ: FactOf<'jwt_or_none'>;
  readonly crit: FactOf<'no_extension'>;
  readonly iss: FactOf<'issuer'>;
  readonly aud: FactOf<'client' | 'client_and_trusted'>;
  readonly azp: FactOf<'client' | 'client_or_none'>;
  readonly exp: FactOf<'after'>;
  readonly nbf: FactOf<'not_after_or_none'>;
  readonly iat: FactOf<'between'>;
  readonly auth_time: FactOf<'time_or_none' | 'not_before'>;
  readonly acr: FactOf<'any_or_none' | 'acr_values'>;
  readonly nonce: FactOf<'attempt_nonce'>;
  readonly sub: FactOf<'visible_characters'>;
  readonly at_hash: FactOf<'access_token_hash_or_none'>;
  readonly c_hash: FactOf<'code_hash_or_none'>;
  readonly s_hash: FactOf<'state_hash_or_none'>;
  readonly events: FactOf<'none'>;
  readonly required_claims: FactOf<'required_claims'>;
  readonly userinfo: FactOf<'id_token_subject'>;
  readonly email: FactOf<'email_address'>;
}

/** What each step that did not fail can say that it found. */
interface Findings {
  readonly discovery: FactOf<'issuer_from'>;
  readonly authorization_request: FactOf<'code_flow'>;
  readonly attempt_cookie: FactOf<'age'>;
  readonly configuration: FactOf<'revision'>;
  readonly state: FactOf<'same'>;
  readonly provider_document: FactOf<'same_issuer_from'>;
  readonly callback_iss: FactOf<'issuer' | 'iss_optional'>;
  readonly keys: FactOf<'jwk_set' | 'no_matching_key'>;
  readonly token_request: FactOf<'tokens_for'>;
  readonly alg: FactOf<'algorithm'>;
  readonly typ: FactOf<'jwt' | 'none'>;
  readonly crit: FactOf<'none'>;
  readonly kid: FactOf<'kid'> | KindFact;
  readonly signature: FactOf<'signed_with_secret' | 'signed_with_cached_key' | 'signed_with_fetched_key'>;
  readonly iss: FactOf<'issuer'> | KindFact;
  readonly aud: FactOf<'audiences'> | KindFact;
  readonly azp: FactOf<'client'> | KindFact;
  readonly exp: TimeFact;
  readonly nbf: TimeFact;
  readonly iat: TimeFact;
  readonly auth_time: TimeFact;
  readonly acr: FactOf<'acr'> | KindFact;
  readonly nonce: FactOf<'same'> | KindFact;
  readonly sub: KindFact;
  readonly at_hash: FactOf<'same'> | KindFact;
  readonly c_hash: FactOf<'same'> | KindFact;
  readonly s_hash: FactOf<'same'> | KindFact;
  readonly events: KindFact;
  readonly required_claims: FactOf<'required_values'>;
  readonly userinfo: FactOf<'userinfo_claims' | 'userinfo_failed' | 'userinfo_not_needed' | 'no_userinfo_endpoint'>;
  readonly email: FactOf<'email_from'>;
  readonly provisioning: FactOf<'account'>;
  readonly groups: FactOf<'groups_claim' | 'groups_not_managed'>;
  readonly session: FactOf<'session_end'>;
}

type FactIn<Facts, Name> = Name extends keyof Facts ? Facts[Name] : never;

/** What a step that did not fail says: what it expected and what it found. */
export interface StepFacts<Name extends AttemptStepName = AttemptStepName> {
  readonly expected?: FactIn<Expectations, Name> | undefined;
  readonly found?: FactIn<Findings, Name> | undefined;
}

/** What the record of a refused sign-in keeps of its error: codes, counts, and short texts of the identity provider. */
export interface FailureFacts {
  readonly step?: string;
  readonly check?: string;
  readonly expected?: Fact;
  readonly found?: Fact;
  readonly reason?: string;
  readonly status?: number;
  readonly method?: string;
  /** The identity provider's own error code and description. */
  readonly error?: string;
  readonly errorDescription?: string;
  readonly parameter?: string;
  readonly field?: string;
  readonly host?: string;
  readonly claim?: string;
  readonly audience?: string;
  readonly userinfo?: string;
  readonly pkce?: string;
  readonly state?: string;
  readonly keys?: number;
  readonly library?: string;
  readonly domain?: string;
}
