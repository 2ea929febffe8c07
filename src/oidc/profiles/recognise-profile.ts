import { generic } from './generic.ts';
import type { Profile, RecognisableEndpoint, RecognitionRule } from './profile.ts';
import { profiles } from './profiles.ts';

/** What a provider says about itself: its discovery document, or what an admin typed instead. */
export interface ProviderFacts extends Readonly<Partial<Record<RecognisableEndpoint, string | undefined>>> {
  readonly issuer: string;
  readonly scopesSupported?: readonly string[];
}

export interface RecognisedProfile {
  readonly profile: Profile;
  /** What identified the provider, as a text; `undefined` for an unknown provider. */
  readonly by: string | undefined;
}

/**
 * Recognises the kind of provider. This has no influence on what is verified: a provider that looks like another only
 * gets its claims read in the other's way.
 */
export function recogniseProfile(facts: ProviderFacts): RecognisedProfile {
  const places = placesOf(facts);
  for (const profile of places === undefined ? [] : profiles) {
    for (const rule of profile.recognition) {
      if (places !== undefined && fitsRule(rule, places)) {
        return { profile, by: describeRule(rule) };
      }
    }
  }
  return { profile: generic, by: undefined };
}

/** A rule as a text, as the API and the documentation show it. */
export function describeRule({ issuerHosts, issuerPath, endpoints = {}, scopes = [] }: RecognitionRule): string {
  const parts = [
    ...(issuerHosts === undefined
      ? []
      : [`the issuer's host is ${issuerHosts.map((host) => `\`${host}\``).join(' or ')}`]),
    ...(issuerPath === undefined ? [] : [describePath("the issuer's path", issuerPath)]),
    ...Object.entries(endpoints).map(([name, ending]) => `${endpointNames.get(name)} ends in \`${ending}\``),
    ...(scopes.length === 0
      ? []
      : [`its document lists the scopes ${scopes.map((scope) => `\`${scope}\``).join(', ')}`]),
  ];
  return parts.join(', and ');
}

const endpointNames = new Map<string, string>(
  Object.entries({
    authorizationEndpoint: 'the authorization endpoint',
    tokenEndpoint: 'the token endpoint',
    jwksUri: 'the address of the keys',
    userinfoEndpoint: 'the userinfo endpoint',
  } satisfies Record<RecognisableEndpoint, string>),
);

function describePath(what: string, path: string): string {
  return path.startsWith('…') ? `${what} ends in \`${path.slice(1)}\`` : `${what} is \`${path}\``;
}

/** The parts of a provider's URLs that rules use. */
interface Places {
  readonly issuer: URL;
  readonly paths: Readonly<Record<RecognisableEndpoint, string>>;
  readonly scopes: readonly string[];
}

function placesOf(facts: ProviderFacts): Places | undefined {
  const issuer = parseUrl(facts.issuer);
  const pathOf = (url: string | undefined) => parseUrl(url ?? '')?.pathname ?? '';
  const { authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = facts;
  const paths = {
    authorizationEndpoint: pathOf(authorizationEndpoint),
    tokenEndpoint: pathOf(tokenEndpoint),
    jwksUri: pathOf(jwksUri),
    userinfoEndpoint: pathOf(userinfoEndpoint),
  };
  return issuer === undefined ? undefined : { issuer, paths, scopes: facts.scopesSupported ?? [] };
}

function fitsRule(
  { issuerHosts, issuerPath, endpoints = {}, scopes = [] }: RecognitionRule,
  { issuer, paths, ...found }: Places,
): boolean {
  return (
    (issuerHosts === undefined || issuerHosts.some((host) => fitsText(host, issuer.hostname, '.'))) &&
    (issuerPath === undefined || fitsPath(issuerPath, issuer.pathname)) &&
    scopes.every((scope) => found.scopes.includes(scope)) &&
    endpointFields.every((name) => {
      const ending = endpoints[name];
      return ending === undefined || fitsPath(`…${ending}`, paths[name]);
    })
  );
}

const endpointFields = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri', 'userinfoEndpoint'] as const;

function fitsPath(pattern: string, path: string): boolean {
  if (!pattern.startsWith('…')) {
    return fitsText(pattern, path, '/');
  }
  const segments = pattern.slice(1).split('/').length - 1;
  return fitsText(pattern.slice(1), `/${path.split('/').slice(-segments).join('/')}`, '/');
}

// Compares part by part. A `*` matches anything without a separator. A part has at most one `*`.
function fitsText(pattern: string, text: string, separator: '.' | '/'): boolean {
  const wanted = pattern.toLowerCase().split(separator);
  const found = text.toLowerCase().split(separator);
  return wanted.length === found.length && wanted.every((part, index) => fitsPart(part, found[index] ?? ''));
}

function fitsPart(pattern: string, part: string): boolean {
  const [start = '', end] = pattern.split('*', 2);
  return end === undefined
    ? part === start
    : part.length > start.length + end.length && part.startsWith(start) && part.endsWith(end);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
