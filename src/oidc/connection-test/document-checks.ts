import { parseJsonObject, stringMember } from '../bounded-json.ts';
import { isJsonType, isTemporary, mediaType } from '../discovery/fetch-document.ts';
import type { Answer } from '../../outbound/outbound-request.ts';
import { generic } from '../profiles/generic.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, isUsable, isUserinfo, ofAnswer, skipped, skippedFor } from './finding.ts';
import { refusedUrl } from './reach-checks.ts';

const byHand = 'The endpoints were typed one by one, so there is no discovery document to look at.';

/** The discovery document (OpenID Connect Discovery, section 4): there, and JSON. */
export function checkDiscovery({ connection, discovery }: TestFacts): Finding {
  if (connection.source.kind === 'custom') return skipped(byHand);
  if (discovery === undefined) return skippedFor('url');
  return ofAnswer(discovery, ({ answer }) => judgeDocument(answer, 'the discovery document'));
}

/** Whether an answer is a JSON document, and else what it is. */
export function judgeDocument(answer: Answer, what: string): Finding {
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
    return failed('The identity provider says that it cannot answer now.', 'Try again later, or look at its status.');
  }
  if (answer.status !== 200) {
    return failed(
      `The address does not lead to ${what}.`,
      "Compare the address with the one that the identity provider shows: the tenant's, realm's or application's name in it, and the spelling of its path.",
    );
  }
  if (!isJsonType(answer) || !parseJsonObject(answer.body).ok) {
    return failed(
      'What is there is not JSON; often it is a page for people.',
      `Enter the address of ${what} itself, not that of a sign-in page or of the admin console.`,
    );
  }
  return { outcome: 'passed', expected, found, message: 'It is there, and it is JSON.' };
}

/** That the document names the issuer that the admin typed, to the last character (Discovery, section 4.3). */
export function checkIssuer({ connection, document, issuers, profile }: TestFacts): Finding {
  if (profile.refused !== undefined) {
    const message = `Members cannot sign in with ${profile.displayName}: ${profile.refused}`;
    return { outcome: 'failed', message, action: 'Choose another identity provider.' };
  }
  if (connection.source.kind === 'custom') {
    return skipped('The issuer was typed by hand; each ID token has to name it, to the last character.');
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
    return failed('The document names no issuer.', 'Check that the address is that of an OpenID provider.');
  }
  if (/[{}]/.test(issuer)) {
    return failed(
      'The address serves many tenants, and its issuer is a template. Anybody of any tenant could sign in.',
      "Enter your own tenant's address, with its id in the place of the placeholder.",
    );
  }
  if (issuers.includes(issuer)) {
    return issuer.includes('?')
      ? failed('An issuer has no query.', 'Enter the issuer without the ? and what follows.')
      : { outcome: 'passed', expected, found, message: 'The document names the issuer that was entered.' };
  }
  if (issuers.some((one) => one.replace(/\/$/, '') === issuer.replace(/\/$/, ''))) {
    return failed(
      'The issuer differs in a slash at its end, and it has to be the same to the last character.',
      'Enter the discovery URL exactly as it was found here.',
    );
  }
  return failed(
    'The document speaks for another issuer than the one that was entered.',
    'If what was found here is your identity provider and has a discovery document of its own, enter exactly that as the discovery URL. If the provider serves the document elsewhere, as Azure AD B2C does, set configurationType to custom and enter the issuer found here with its endpoints. Otherwise the address is wrong.',
  );
}

/** Every endpoint but userinfo: there, and one that may be called. */
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
      message: 'The discovery document does not name every endpoint that a sign-in needs.',
      action: 'Check that the address is that of an OpenID provider, and not that of an OAuth 2.0 server alone.',
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
        ? 'Every endpoint that a sign-in needs is there.'
        : "Every endpoint that a sign-in needs is there. Some are on another host than the issuer's: check that you know it.",
  };
}

function issuerOf(source: string | TestFacts['document']): string | undefined {
  return typeof source === 'string' || source === undefined ? source : stringMember(source, 'issuer');
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

/** The userinfo endpoint: it needs a user's token, so only its address is looked at. */
export function checkUserinfo({ connection, endpoints, document }: TestFacts): Finding {
  if (connection.source.kind === 'discovery' && document === undefined) return skippedFor('discovery');
  const endpoint = endpoints.find(({ field }) => isUserinfo(field));
  if (endpoint?.url === undefined) {
    return skipped('The provider names no userinfo endpoint. Everything has to stand in the ID token.');
  }
  if (isUsable(endpoint)) {
    return {
      outcome: 'passed',
      message: "Its address may be called. What it answers, only a sign-in shows, since it takes a member's token.",
    };
  }
  return connection.source.kind === 'custom' ? skippedFor('url') : refusedUrl(endpoint);
}
