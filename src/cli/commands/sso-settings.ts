import { signatureAlgorithms } from '../../contract/algorithms.ts';
import type { CreateOidcConfigBody } from '../../contract/oidc-config.ts';
import { connectionOptionDefaults } from '../../contract/connection-option-defaults.ts';
import { isRecord } from '../api-client.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { CommandContext, Option } from '../command.ts';
import { readTextFile } from '../profiles.ts';
import { readInput, readSecret } from '../read-secret.ts';
import { isOn, onOff } from './common-options.ts';
import { listOf, optionJson, optionLists, optionTexts } from './sso-option-settings.ts';

/** The fields of a configuration, with the names of the API. */
export type SsoField = Exclude<keyof CreateOidcConfigBody, 'organizationId'>;

export type SsoSettings = Partial<Record<SsoField, unknown>>;

interface SettingOption extends Option {
  readonly field: SsoField;
}

const rows: Readonly<Record<string, SettingOption>> = {
  type: {
    field: 'configurationType',
    value: 'type',
    choices: ['discoveryURL', 'custom'],
    doc: 'Follows from the given URLs by default.',
  },
  'discovery-url': {
    field: 'discoveryURL',
    value: 'url',
    doc: 'The URL of the discovery document, or the issuer.',
  },
  issuer: { field: 'issuer', value: 'url', doc: 'The issuer identifier, without discovery.' },
  'authorization-endpoint': { field: 'authorizationEndpoint', value: 'url', doc: 'Likewise.' },
  'token-endpoint': { field: 'tokenEndpoint', value: 'url', doc: 'Likewise.' },
  'jwks-uri': { field: 'jwksUri', value: 'url', doc: 'Likewise.' },
  'userinfo-endpoint': { field: 'userinfoEndpoint', value: 'url', doc: 'Likewise.' },
  'client-id': { field: 'clientId', value: 'id', doc: 'The client id from the identity provider.' },
  'email-domains': {
    field: 'allowedEmailDomains',
    value: 'list',
    doc: 'The e-mail domains whose users may sign in, separated by commas; "" for any.',
  },
  algorithm: {
    field: 'jwtSignatureAlgorithm',
    value: 'name',
    choices: signatureAlgorithms,
    doc: 'The algorithm that signs ID tokens.',
  },
};

const texts = { ...rows, ...optionTexts };

const switches: Readonly<Record<string, SettingOption>> = {
  active: { field: 'isActive', ...onOff('Whether members can sign in. A new connection is active by default.') },
  'manage-groups': { field: 'manageGroupMemberships', ...onOff('Whether sign-ins set the group memberships.') },
};

/** The options of `sso set`. */
export const ssoOptions: Readonly<Record<string, Option>> = {
  ...Object.fromEntries(
    Object.entries({ ...texts, ...optionLists, ...optionJson, ...switches }).map(
      ([name, { field: _field, ...option }]) => [name, option],
    ),
  ),
  'client-secret': { value: 'secret', doc: 'The client secret. `-` reads standard input.', isSecret: true },
  'client-secret-file': { value: 'file', doc: 'The file with the client secret. `-` is standard input.' },
  file: {
    value: 'file',
    short: 'f',
    doc: 'A JSON file with fields, as `sso get --json` prints them. `-` is standard input. Options override it.',
  },
};

const fieldNames: readonly string[] = [
  ...Object.values({ ...rows, ...switches }).map(({ field }) => field),
  ...Object.keys(connectionOptionDefaults),
  'clientSecret',
];

/** Fields of a response that are not settings. They are ignored, so that a response can be sent back. */
const answerOnly: readonly string[] = ['id', 'orgId', 'organizationId'];

/** Only what the options and the file contain. */
export async function readSsoSettings(context: CommandContext): Promise<SsoSettings> {
  const { input } = context;
  if (input.text('file') === '-' && [input.text('client-secret'), input.text('client-secret-file')].includes('-')) {
    throw usageFailure('Standard input can provide the file or the secret, not both.');
  }
  const settings: SsoSettings = { ...(await readFields(context)) };
  for (const [name, { field }] of Object.entries(texts)) {
    const value = input.text(name);
    if (value !== undefined) settings[field] = value;
  }
  for (const [name, { field }] of Object.entries(optionLists)) {
    const value = input.text(name);
    if (value !== undefined) settings[field] = listOf(value);
  }
  for (const [name, { field }] of Object.entries(optionJson)) {
    const value = input.text(name);
    if (value !== undefined) settings[field] = jsonOf(name, value);
  }
  for (const [name, { field }] of Object.entries(switches)) {
    const value = isOn(input.text(name));
    if (value !== undefined) settings[field] = value;
  }
  const clientSecret = await readSecret(context, 'client-secret');
  if (clientSecret !== undefined) settings.clientSecret = clientSecret;
  if (input.text('type') === undefined) {
    if (input.text('discovery-url') !== undefined) settings.configurationType = 'discoveryURL';
    else if (input.text('issuer') !== undefined) settings.configurationType = 'custom';
  }
  return settings;
}

async function readFields(context: CommandContext): Promise<SsoSettings> {
  const path = context.input.text('file');
  if (path === undefined) return {};
  const fields = parse(path === '-' ? await readInput(context) : await readTextFile(path));
  const unknown = Object.keys(fields).filter((name) => !fieldNames.includes(name) && !answerOnly.includes(name));
  if (unknown.length > 0) {
    throw usageFailure(`The file has unknown fields: ${unknown.join(', ')}. The fields are ${fieldNames.join(', ')}.`);
  }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => fieldNames.includes(name)));
}

function jsonOf(option: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // The message below says what is expected.
  }
  throw usageFailure(`--${option} must be a JSON list or object. See: sallyport sso set --help`);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(text);
    if (isRecord(fields)) return fields;
  } catch {
    // The parser's own message repeats the text, which may contain the secret.
  }
  throw new CliFailure('usage', 'The file is not a JSON object.');
}
