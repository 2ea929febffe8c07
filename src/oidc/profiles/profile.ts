import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { ProviderErrorCode } from '../../texts/catalogue.ts';

/**
 * What is known about one kind of identity provider, as data: how to recognise it, which options it needs, what its
 * errors mean, and where settings are in its admin console.
 *
 * A profile fills in options that an admin left at their default, and it explains. It has no influence on what is
 * verified: the types allow it to apply only options that read or request claims. It can only advise on all other
 * options.
 */
export interface Profile {
  readonly id: string;
  readonly displayName: string;
  /** Rules that recognise the provider, the most reliable first. Empty for the profile of unknown providers. */
  readonly recognition: readonly RecognitionRule[];
  /** How its issuer is spelled, in a sentence or two for the admin. */
  readonly issuerForm: string;
  /** Why members cannot sign in with this provider at all. */
  readonly refused?: string;
  /** Options that replace the server's defaults. An option that the admin set takes precedence. */
  readonly applied: readonly AppliedOption[];
  /** Advice for the admin. None of it is applied automatically. */
  readonly advised: readonly Advice[];
  /** Where settings are in its admin console: the path through the menus, then the name of the field. */
  readonly screens: Readonly<Partial<Record<ScreenTopic, string>>>;
  readonly probe: ProbeAnswers;
  /** What its errors mean. The first match counts, before the meanings that all providers share. */
  readonly errors: readonly ErrorMeaning[];
  /** Addresses that it may assert only with another claim, see `email-authority.ts`. */
  readonly emailAuthority?: EmailAuthority;
}

/** What an admin looks for in a provider's admin console. */
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
 * Everything that a rule names must match. A `*` in a host is one label or a part of one. A `*` in a path is one
 * segment. Hosts and paths are compared without case, because they only recognise a provider.
 */
export interface RecognitionRule {
  /** The issuer's host is one of these. */
  readonly issuerHosts?: readonly string[];
  /** The issuer's path, or its end if this begins with `…`. */
  readonly issuerPath?: string;
  /** The end of an endpoint's path. */
  readonly endpoints?: Readonly<Partial<Record<RecognisableEndpoint, string>>>;
  /** Scopes that the discovery document lists, for a provider whose endpoints are those of a framework. */
  readonly scopes?: readonly string[];
}

export type RecognisableEndpoint = 'authorizationEndpoint' | 'tokenEndpoint' | 'jwksUri' | 'userinfoEndpoint';

/**
 * The options that a profile can fill in. Each of them requests more from the provider, says where a value is in its
 * response, or says how the client's own key signs. None of them decides which provider or claim is trusted. Never add
 * one that does.
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

/** One option, one value, and the reason in one sentence. */
export type AppliedOption = {
  readonly [Name in AppliedOptionName]: {
    readonly option: Name;
    readonly value: ConnectionOptions[Name];
    readonly why: string;
  };
}[AppliedOptionName];

/**
 * An option that only the admin can decide on. The value is a string, because it often contains something that only the
 * admin knows.
 */
export interface Advice {
  readonly option: keyof ConnectionOptions | 'allowedEmailDomains' | 'discoveryURL' | 'jwtSignatureAlgorithm';
  readonly value: string;
  readonly why: string;
}

/** What an error looks like. Everything that is named must match. */
export interface ErrorPattern {
  /** The `error` parameter (RFC 6749, sections 4.1.2.1 and 5.2). */
  readonly error?: string;
  /** The beginning of the `error_description`, without case. */
  readonly descriptionStart?: string;
  /** A part of the `error_description`, without case. */
  readonly descriptionPart?: string;
}

export interface ErrorMeaning extends ErrorPattern {
  readonly explanation: ProviderErrorCode;
  /** The vendor's own name or number for it, as its documentation lists it. */
  readonly vendorCode?: string;
  /** Where to fix it, if that differs from the explanation's screen. */
  readonly screen?: ScreenTopic;
}

/**
 * How the token endpoint responds to an invalid code, which shows whether it accepts the client secret. A response that
 * is in neither list shows nothing.
 */
export interface ProbeAnswers {
  /** Whether the vendor is known to check the secret before the code. Otherwise its response is only a hint. */
  readonly certainty: 'proof' | 'hint';
  readonly goodSecret: readonly ErrorPattern[];
  readonly badSecret: readonly ErrorPattern[];
  /** What to keep in mind if the response is less than a proof. */
  readonly remark?: string;
}

/** A provider that lets anyone have an account with a foreign e-mail address. */
export interface EmailAuthority {
  /** The one issuer to which this applies. */
  readonly issuer: string;
  /** Domains whose addresses the provider assigns itself. */
  readonly ownDomains: readonly string[];
  /** The claim that must name the domain of any other address. */
  readonly domainClaim: string;
}
