import { parseJsonObject, stringMember } from '../bounded-json.ts';
import { isJsonType, isTemporary, mediaType } from '../discovery/fetch-document.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import { generic } from '../profiles/generic.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, isUsable, isUserinfo, ofAnswer, skipped, skippedFor } from './finding.ts';
import { refusedUrl } from './reach-checks.ts';

const byHand = 'An admin entered the endpoints, so there is no discovery document to check.';

/** The discovery document (OpenID Connect Discovery, section 4) exists and is JSON. */
export function checkDiscovery({ connection, discovery }: TestFacts): Finding {
  if (connection.source.kind === 'custom') return skipped(byHand);
  if (discovery === undefined) return skippedFor('url');
  return ofAnswer(discovery, ({ answer }) => judgeDocument(answer, 'the discovery document'));
}

/** Whether a response is a JSON document, or what it is instead. */
export function judgeDocument(answer: OutboundResponse, what: string): Finding {
  const found = `status ${answer.status}, ${mediaType(answer) || 'no content type'}, ${answer.body.length} bytes`;
  const expected = 'status 200, application/json';
  const failed = (message: string, action: string): Finding => ({
    outcome: 'failed',
    expected,
    found,
    message,
    action,
  });
  if (isTemporary(answer.status)) {
    return failed(
      'The identity provider reports that it is not available now.',
      "Try again later, or check the provider's status page.",
    );
  }
  if (answer.status !== 200) {
    return failed(
      `The URL does not lead to ${what}.`,
      'Compare the URL with the one that the identity provider shows: the name of the tenant, realm or application in it, and the spelling of its path.',
    );
  }
  if (!isJsonType(answer) || !parseJsonObject(answer.body).ok) {
    return failed(
      'The response is not JSON. Often it is a page for people.',
      `Enter the URL of ${what}, not of a sign-in page or the admin console.`,
    );
  }
  return { outcome: 'passed', expected, found, message: 'The document exists and is JSON.' };
}

/** The document names exactly the issuer that the admin entered (Discovery, section 4.3). */
export function checkIssuer({ connection, document, issuers, profile }: TestFacts): Finding {
  if (profile.refused !== undefined) {
    const message = `Members cannot sign in with ${profile.displayName}: ${profile.refused}`;
    return { outcome: 'failed', message, action: 'Choose another identity provider.' };
  }
  if (connection.source.kind === 'custom') {
    return skipped('An admin entered the issuer. Each ID token must name exactly this issuer.');
  }
  if (document === undefined) return skippedFor('discovery');
  const issuer = stringMember(document, 'issuer');
  const expected = issuers.join(' or ');
  const found = issuer ?? 'no issuer';
  const failed = (message: string, action: string): Finding => ({
    outcome: 'failed',
    expected,
    found,
    message,
    action: profile === generic ? action : `${action} The issuer of ${profile.displayName}: ${profile.issuerForm}`,
  });
  if (issuer === undefined) {
    return failed('The document names no issuer.', 'Check that the URL belongs to an OpenID provider.');
  }
  if (/[{}]/.test(issuer)) {
    return failed(
      'The URL serves many tenants, and its issuer is a template. Users of every tenant could sign in.',
      'Enter the URL of your tenant, with its id instead of the placeholder.',
    );
  }
  if (issuers.includes(issuer)) {
    return issuer.includes('?')
      ? failed('An issuer must not have a query.', 'Enter the issuer without the ? and everything after it.')
      : { outcome: 'passed', expected, found, message: 'The document names the issuer that was entered.' };
  }
  if (issuers.some((one) => one.replace(/\/$/, '') === issuer.replace(/\/$/, ''))) {
    return failed(
      'The issuer differs in a trailing slash, and must be exactly the same.',
      'Enter the discovery URL exactly as found here.',
    );
  }
  return failed(
    'The document names another issuer than the one that was entered.',
    'If the issuer found here is your identity provider and has a discovery document, enter exactly that issuer as the discovery URL. If the provider serves the document elsewhere, as Azure AD B2C does, set configurationType to custom and enter the issuer found here with its endpoints. Otherwise the URL is wrong.',
  );
}

/** Every endpoint except userinfo exists and may be called. */
export function checkEndpoints({ connection, endpoints, document }: TestFacts): Finding {
  const isCustom = connection.source.kind === 'custom';
  if (!isCustom && document === undefined) return skippedFor('discovery');
  const needed = endpoints.filter(({ field }) => !isUserinfo(field));
  const fault = needed.find((endpoint) => !isUsable(endpoint));
  if (fault !== undefined && isCustom) return skippedFor('url');
  if (fault?.url === undefined && fault !== undefined) {
    return {
      outcome: 'failed',
      expected: 'authorization_endpoint, token_endpoint and jwks_uri',
      found: `no ${fault.field}`,
      message: 'The discovery document lacks an endpoint that a sign-in needs.',
      action: 'Check that the URL belongs to an OpenID provider, not only to an OAuth 2.0 server.',
    };
  }
  if (fault !== undefined) return refusedUrl(fault);
  const issuer = issuerOf(connection.source.kind === 'custom' ? connection.source.issuer : document);
  const own = hostOf(issuer);
  const others = [...new Set(needed.flatMap(({ url }) => hostOf(url) ?? []))].filter((host) => host !== own);
  return {
    outcome: 'passed',
    expected: 'https URLs that this server may call',
    found: others.length === 0 ? "all on the issuer's host" : `also on ${others.join(', ')}`,
    message:
      others.length === 0
        ? 'Every endpoint that a sign-in needs exists.'
        : 'Every endpoint that a sign-in needs exists. Some are on another host than the issuer: check that you know it.',
  };
}

function issuerOf(source: string | TestFacts['document']): string | undefined {
  return typeof source === 'string' || source === undefined ? source : stringMember(source, 'issuer');
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

/** The userinfo endpoint requires a user's token, so only its URL is checked. */
export function checkUserinfo({ connection, endpoints, document }: TestFacts): Finding {
  if (connection.source.kind === 'discovery' && document === undefined) return skippedFor('discovery');
  const endpoint = endpoints.find(({ field }) => isUserinfo(field));
  if (endpoint?.url === undefined) {
    return skipped('The provider has no userinfo endpoint. The ID token must contain every claim.');
  }
  if (isUsable(endpoint)) {
    return {
      outcome: 'passed',
      message: "Its URL may be called. Only a sign-in shows its response, because it requires a member's token.",
    };
  }
  return connection.source.kind === 'custom' ? skippedFor('url') : refusedUrl(endpoint);
}
