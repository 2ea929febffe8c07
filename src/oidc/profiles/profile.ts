import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { ProviderErrorCode } from '../../texts/catalogue.ts';

/**
 * What is known of one kind of identity provider, as data: how to tell it, what it needs, what its errors mean, and
 * where in its admin console things are found.
 *
 * A profile fills in what an admin left at its default, and explains. It has no say in what is verified: the types let
 * it apply only options that read claims or ask for them, and everything else it may merely advise.
 */
export interface Profile {
  readonly id: string;
  readonly displayName: string;
  /** Ways to tell the provider, from the surest on. Empty for the profile of providers that nobody knows. */
  readonly recognition: readonly RecognitionRule[];
  /** How its issuer is spelled, in a sentence or two for the admin. */
  readonly issuerForm: string;
  /** Why members cannot sign in with it at all. */
  readonly refused?: string;
  /** Options that stand in for the server's defaults. One that the admin set wins. */
  readonly applied: readonly AppliedOption[];
  /** What the admin should consider. Nothing of it happens by itself. */
  readonly advised: readonly Advice[];
  /** Where in its admin console something is found: the way through the menus, then the name of the field. */
  readonly screens: Readonly<Partial<Record<ScreenTopic, string>>>;
  readonly probe: ProbeAnswers;
  /** What its errors mean; the first that fits counts. Asked before the meanings that all providers share. */
  readonly errors: readonly ErrorMeaning[];
  /** Addresses that it may only assert with a further claim, see `email-authority.ts`. */
  readonly emailAuthority?: EmailAuthority;
}

/** What is looked for in a provider's admin console. */
export type ScreenTopic =
  | 'application'
  | 'clientId'
  | 'clientSecret'
  | 'clientCertificate'
  | 'redirectUri'
  | 'issuer'
  | 'signingAlgorithm'
  | 'clientAuthentication'
  | 'emailClaim'
  | 'groupsClaim'
  | 'assignment'
  | 'consent'
  | 'logs';

/**
 * Everything that a rule names must fit. A `*` in a host is one label or a part of one; a `*` in a path is one segment.
 * Hosts and paths are compared without case, since they are only used to recognise somebody.
 */
export interface RecognitionRule {
  /** The issuer's host, one of these. */
  readonly issuerHosts?: readonly string[];
  /** What the issuer's path is, or what it ends in when this begins with `…`. */
  readonly issuerPath?: string;
  /** What the path of an endpoint ends in. */
  readonly endpoints?: Readonly<Partial<Record<RecognisableEndpoint, string>>>;
  /** Scopes that the discovery document lists, for a provider whose endpoints are those of a framework. */
  readonly scopes?: readonly string[];
}

export type RecognisableEndpoint = 'authorizationEndpoint' | 'tokenEndpoint' | 'jwksUri' | 'userinfoEndpoint';

/**
 * The options that a profile may fill in by itself. Each only requests more from the provider, says where in its response
 * something is, or says in which form the client's own key signs. None decides whom to believe, so none of the others may
 * ever be added here.
 */
export type AppliedOptionName =
  | 'additionalScopes'
  | 'emailClaims'
  | 'firstNameClaim'
  | 'lastNameClaim'
  | 'groupsClaim'
  | 'groupsSource'
  | 'groupsFormat'
  | 'groupsDelimiter'
  | 'userinfo'
  | 'clientAssertionAlgorithm'
  | 'clientAssertionKeyName'
  | 'clientAssertionAudience';

/** One option, one value and the reason, in one sentence. */
export type AppliedOption = {
  readonly [Name in AppliedOptionName]: {
    readonly option: Name;
    readonly value: ConnectionOptions[Name];
    readonly why: string;
  };
}[AppliedOptionName];

/** An option that only the admin can decide on. The value is a text, since it often names what only they know. */
export interface Advice {
  readonly option: keyof ConnectionOptions | 'allowedEmailDomains' | 'discoveryURL' | 'jwtSignatureAlgorithm';
  readonly value: string;
  readonly why: string;
}

/** What an error looks like. Everything that is named must fit. */
export interface ErrorPattern {
  /** The `error` parameter (RFC 6749, sections 4.1.2.1 and 5.2). */
  readonly error?: string;
  /** What the `error_description` begins with, without regard to case. */
  readonly descriptionStart?: string;
  /** What stands anywhere in the `error_description`, without regard to case. */
  readonly descriptionPart?: string;
}

export interface ErrorMeaning extends ErrorPattern {
  readonly explanation: ProviderErrorCode;
  /** The vendor's own name or number for it, as its documentation lists it. */
  readonly vendorCode?: string;
  /** Where to put it right, when that is not what the explanation says. */
  readonly screen?: ScreenTopic;
}

/**
 * How the token endpoint answers to a code that cannot exist, which tells whether it takes the client secret. An answer
 * that is in neither list tells nothing.
 */
export interface ProbeAnswers {
  /** Whether the vendor is known to look at the secret before it looks at the code; otherwise its answer is a hint. */
  readonly certainty: 'proof' | 'hint';
  readonly goodSecret: readonly ErrorPattern[];
  readonly badSecret: readonly ErrorPattern[];
  /** What to keep in mind, where the answer is less than a proof. */
  readonly remark?: string;
}

/** A provider that lets anybody have an account with a foreign address. */
export interface EmailAuthority {
  /** The one issuer that this is about. */
  readonly issuer: string;
  /** Domains whose addresses it hands out itself. */
  readonly ownDomains: readonly string[];
  /** For any other address: the claim that must name the address's domain. */
  readonly domainClaim: string;
}
