import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';
import { type Claims, type FaultyIdp, type Mutations, startFaultyIdp } from '../support/faulty-idp.ts';
import { call } from '../support/server.ts';
import { createDice, type Dice } from './dice.ts';
import { hostileProviders } from './faults.ts';

/** An organization of the soak, with its provider. */
export interface SoakOrganization {
  readonly id: string;
  readonly slug: string;
  readonly idp: FaultyIdp;
}

type Some = readonly [SoakOrganization, ...SoakOrganization[]];

/** A user at an organization. */
export interface Population {
  /** Every sign-in succeeds, although the provider's keys rotate. */
  readonly honest: Some;
  /** The same, but their connection changes all the time, so a sign-in in progress may have to start again. */
  readonly restless: Some;
  /** No sign-in succeeds. */
  readonly hostile: Some;
  /** Gives the next honest provider a new key. The provider publishes its latest keys. */
  rotateNextKey(): Promise<void>;
  close(): Promise<void>;
}

const honestCount = 12;
const restlessCount = 4;
const publishedKeysMax = 3;
const algorithms = ['ES256', 'RS256'] as const;
/** The groups that exist in each organization. */
export const groupNames = ['Engineering', 'Admins', 'Sales'] as const;

/** Creates the organizations through the API of a running server, and starts their providers. */
export async function populate(server: { url: string; token: string }, seed: number): Promise<Population> {
  const dice = createDice(seed);
  const providers: FaultyIdp[] = [];
  const add = async (slug: string, { number, mutate }: { number: number; mutate: Mutations }) => {
    const algorithm = algorithms[number % 2] ?? algorithms[0];
    const claims = (request: URLSearchParams) => claimsOf(request.get('person') ?? '', { slug, dice });
    const idp = await startFaultyIdp({ algorithm, claims, mutate, forgets: true });
    providers.push(idp);
    const isCustom = mutate.discovery === undefined && mutate.reply?.discovery === undefined && number % 4 > 1;
    return configure(server, { slug, idp, algorithm, isCustom });
  };
  const many = async (name: string, mutations: readonly Mutations[]): Promise<Some> => {
    const made = [];
    for (const [number, mutate] of mutations.entries()) made.push(await add(`${name}-${number}`, { number, mutate }));
    return some(made);
  };

  const honest = await many(
    'honest',
    Array.from({ length: honestCount }, () => ({ keys: keepLatestKeys() })),
  );
  const restless = await many(
    'restless',
    Array.from({ length: restlessCount }, () => ({})),
  );
  const hostile = [];
  // All sign with elliptic curves, which the forgeries require.
  for (const [slug, mutate] of Object.entries(await hostileProviders())) {
    hostile.push(await add(slug, { number: 0, mutate }));
  }
  let rotated = 0;
  return {
    honest,
    restless,
    hostile: some(hostile),
    rotateNextKey: async () => {
      await honest[rotated % honest.length]?.idp.rotateKeys();
      rotated += 1;
    },
    close: async () => void (await Promise.all(providers.map((idp) => idp.close()))),
  };
}

function some(made: readonly SoakOrganization[]): Some {
  const [first, ...others] = made;
  if (first === undefined) throw new TypeError('no organization was created');
  return [first, ...others];
}

function claimsOf(person: string, { slug, dice }: { slug: string; dice: Dice }): Claims {
  return {
    sub: `subject-of-${person}`,
    email: `${person}@${slug}.example`,
    email_verified: true,
    given_name: 'Practice',
    family_name: person,
    groups: [...groupNames, 'Not A Group'].filter(() => dice.happens(0.5)),
  };
}

// Tokens that were signed just before a rotation are still in transit.
function keepLatestKeys(): (jwks: { keys: Claims[] }) => { keys: Claims[] } {
  const published = new Map<unknown, Claims>();
  return ({ keys }) => {
    for (const key of keys) published.set(key['kid'], key);
    return { keys: [...published.values()].slice(-publishedKeysMax) };
  };
}

interface Setup {
  readonly slug: string;
  readonly idp: FaultyIdp;
  readonly algorithm: SignatureAlgorithm;
  readonly isCustom: boolean;
}

async function configure(
  { url, token }: { url: string; token: string },
  { slug, idp, algorithm, isCustom }: Setup,
): Promise<SoakOrganization> {
  const post = async (path: string, json: object) => {
    const { status, text, body } = await call(`${url}${path}`, { token, json });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return body;
  };
  const { id } = (await post('/api/v2/organizations', { name: slug, slug })).organization;
  for (const name of groupNames) await post('/api/v1/groups', { organizationId: id, name });
  const { issuer, endpoints, clientId, clientSecret } = idp;
  const place = isCustom
    ? {
        configurationType: 'custom',
        issuer,
        authorizationEndpoint: endpoints.authorization,
        tokenEndpoint: endpoints.token,
        jwksUri: endpoints.keys,
        userinfoEndpoint: endpoints.userinfo,
      }
    : { configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl };
  const client = { clientId, clientSecret, jwtSignatureAlgorithm: algorithm };
  await post('/api/v1/sso/oidc/config', {
    organizationId: id,
    isActive: true,
    manageGroupMemberships: true,
    ...client,
    ...place,
  });
  return { id, slug, idp };
}
