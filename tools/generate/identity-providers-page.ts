import { catalogues } from '../../src/texts/catalogue.ts';
import type { Profile, ScreenTopic } from '../../src/oidc/profiles/profile.ts';
import { profiles } from '../../src/oidc/profiles/profiles.ts';
import { describeRule } from '../../src/oidc/profiles/recognise-profile.ts';

/** The text of `docs/identity-providers.md`: one section for each profile, with its texts. */
export function renderIdentityProvidersPage(): string {
  const known = [...profiles].toSorted((one, other) => one.displayName.localeCompare(other.displayName));
  return `${[introduction, ...known.map(renderProfile)].join('\n\n')}\n`;
}

const introduction = `# Identity providers

<!-- Generated from src/oidc/profiles by \`npm run generate\`. Do not edit. -->

Any identity provider that speaks OpenID Connect will do. Of the common ones Sallyport knows more: how to tell them, what
they need, what their errors mean, and where in their admin console things are found.

A profile only fills in options that are not set, and of those only ones that read its answers: names of
claims, how groups are written, a scope for groups (only where sign-ins set the memberships of groups, and the provider's
document lists the scope), whether userinfo is asked. An option that you set wins, and one on groups that you set keeps the
others on groups as you have them. Nothing here loosens what is verified: no issuer or audience is accepted and no address
is believed for it. If a provider needs such an option, it is listed below as advice, and you decide.

\`sallyport sso assumptions\`, or \`GET /api/v1/sso/oidc/config/assumptions\`, shows which provider yours is taken for, every
option with where it comes from and why, and all further advice.

For every provider: register a web application (a confidential client) with the redirect URI
\`<SITE_URL>/api/v1/sso/oidc/callback\`, allow it the authorization code flow and the scopes \`openid\`, \`profile\` and
\`email\`, and store its client id and client secret with \`sallyport sso set\`.`;

function renderProfile(profile: Profile): string {
  const { displayName, issuerForm, recognition, refused } = profile;
  return [
    `## ${displayName}`,
    ...(refused === undefined ? [] : [refused]),
    [`- Issuer: ${issuerForm}`, `- Recognised when ${recognition.map(describeRule).join('; or when ')}.`].join('\n'),
    ...renderAuthority(profile),
    ...renderApplied(profile),
    ...renderAdvice(profile),
    ...renderScreens(profile),
    ...renderProbe(profile),
    ...renderErrors(profile),
  ].join('\n\n');
}

function renderAuthority({ emailAuthority }: Profile): string[] {
  if (emailAuthority === undefined) return [];
  const { ownDomains, domainClaim } = emailAuthority;
  return [
    `An address of another domain than ${ownDomains.join(' or ')} counts as unverified unless the claim \`${domainClaim}\` of the ID token names its domain, whatever \`email_verified\` says.`,
  ];
}

function renderApplied({ applied }: Profile): string[] {
  if (applied.length === 0) return [];
  const lines = applied.map(({ option, value, why }) => `- \`${option}\`: \`${JSON.stringify(value)}\`. ${why}`);
  return ['Unless you set them:', lines.join('\n')];
}

function renderAdvice({ advised }: Profile): string[] {
  if (advised.length === 0) return [];
  const lines = advised.map(
    ({ option, value, why }) => `- \`${option}\`${value === '' ? '' : `: \`${value}\``}. ${why}`,
  );
  return ['For you to decide:', lines.join('\n')];
}

const topics: Readonly<Record<ScreenTopic, string>> = {
  application: 'The application',
  clientId: 'Client id',
  clientSecret: 'Client secret',
  clientCertificate: 'Client certificate',
  redirectUri: 'Redirect URI',
  issuer: 'Issuer',
  signingAlgorithm: 'Signature algorithm',
  clientAuthentication: 'Client authentication',
  emailClaim: 'Address',
  groupsClaim: 'Groups',
  assignment: 'Who may sign in',
  consent: 'Scopes and consent',
  logs: 'Logs',
};

function renderScreens({ screens }: Profile): string[] {
  const rows = Object.entries(topics).flatMap(([topic, name]) => {
    const place = Object.entries(screens).find(([found]) => found === topic)?.[1];
    return place === undefined ? [] : [`| ${name} | ${place} |`];
  });
  return rows.length === 0 ? [] : [['| What | Where |', '| --- | --- |', ...rows].join('\n')];
}

function renderProbe({ probe }: Profile): string[] {
  return probe.remark === undefined ? [] : [`When the client secret is tried: ${probe.remark}`];
}

function renderErrors({ errors }: Profile): string[] {
  const rows = errors.map(({ vendorCode, error, descriptionStart, descriptionPart, explanation }) => {
    const text = vendorCode ?? [error, descriptionStart ?? descriptionPart].filter(Boolean).join(': ');
    const { meaning, remedy } = catalogues.en.providerErrors[explanation];
    return `| ${text} | ${meaning} ${remedy} |`;
  });
  return rows.length === 0 ? [] : [['| Error | What it means, and what to do |', '| --- | --- |', ...rows].join('\n')];
}
