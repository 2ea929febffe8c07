import type { Organization, OrganizationOfMember } from '../../contract/organizations.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, Outcome } from '../command.ts';
import { profileName } from '../credentials.ts';
import { facts, plain, table } from '../output.ts';
import { selectOrganization } from '../user-session.ts';
import { isOn, onOff, roleOption } from './common-options.ts';

const list: ClientCommand = {
  name: 'organization list',
  summary: 'List the organizations that you belong to',
  examples: [{ does: 'List them', line: 'sallyport organization list' }],
  run: async ({ connect }) => {
    const body = await (await connect()).call<{ organizations: OrganizationOfMember[] }>('/api/v1/organization');
    const text = table(
      body.organizations,
      [
        ['ID', ({ id }) => id],
        ['SLUG', ({ slug }) => slug],
        ['NAME', ({ name }) => name],
        ['ROLE', ({ userRole }) => userRole],
        ['SIGN-IN', ({ orgAuthMethod }) => orgAuthMethod],
      ],
      'You belong to no organization.',
    );
    return { json: body, text };
  },
};

const get: ClientCommand = {
  name: 'organization get',
  summary: 'Show an organization',
  examples: [
    { does: 'Show the one you work on', line: 'sallyport organization get' },
    { does: 'Show another', line: 'sallyport organization get --organization acme' },
  ],
  run: async ({ connect }) => {
    const connection = await connect();
    return shown(await connection.call(`/api/v1/organization/${await connection.organizationId()}`));
  },
};

const create: ClientCommand = {
  name: 'organization create',
  summary: 'Create an organization',
  parameters: [{ name: 'name', doc: 'Its name.' }],
  options: { slug: { value: 'slug', doc: 'Its name in URLs; made of the name when left out.' } },
  examples: [{ does: 'Create one', line: 'sallyport organization create "Acme Inc." --slug acme' }],
  run: async ({ connect, input }) => {
    const body = { name: input.word(0), slug: input.text('slug') };
    return shown(await (await connect()).call('/api/v2/organizations', { method: 'POST', body }));
  },
};

const update: ClientCommand = {
  name: 'organization update',
  summary: 'Change an organization’s settings',
  options: {
    name: { value: 'name', doc: 'Its name.' },
    slug: { value: 'slug', doc: 'Its name in URLs.' },
    'enforce-sso': onOff('Take only sign-ins through the organization’s identity provider.'),
    'admin-bypass': onOff('Let admins past the enforcement; each use is audited.'),
    'default-role': { ...roleOption, doc: 'The role of members that sign in for the first time.' },
    admit: {
      value: 'policy',
      doc: 'Who becomes a member at a first sign-in: `just-in-time`, `invited-only` or `deny-unverified-domain`.',
    },
    'token-expiration': { value: 'duration', doc: 'How long a session lasts: a number and m, h, d or w.' },
  },
  examples: [
    { does: 'Enforce single sign-on', line: 'sallyport organization update --enforce-sso on' },
    { does: 'Admit only whom an admin invited', line: 'sallyport organization update --admit invited-only' },
    { does: 'Shorten sessions', line: 'sallyport organization update --token-expiration 12h' },
  ],
  run: async ({ connect, input }) => {
    const body = {
      name: input.text('name'),
      slug: input.text('slug'),
      authEnforced: isOn(input.text('enforce-sso')),
      bypassOrgAuthEnabled: isOn(input.text('admin-bypass')),
      defaultMembershipRoleSlug: input.text('default-role'),
      userTokenExpiration: input.text('token-expiration'),
      provisioningPolicy: input.text('admit'),
    };
    if (Object.values(body).every((value) => value === undefined)) throw usageFailure('Nothing to change was given.');
    const connection = await connect();
    const path = `/api/v1/organization/${await connection.organizationId()}`;
    return shown(await connection.call(path, { method: 'PATCH', body }));
  },
};

const use: ClientCommand = {
  name: 'organization use',
  summary: 'Choose the organization that commands are about',
  about:
    'A person’s session is exchanged for one that speaks for the organization. For a machine identity the choice is only remembered.',
  parameters: [{ name: 'id-or-slug', doc: 'The organization.' }],
  examples: [{ does: 'Work on Acme', line: 'sallyport organization use acme' }],
  run: async ({ connectTo, input, world, profiles }) => {
    const connection = await connectTo(input.word(0));
    const organizationId = await connection.organizationId();
    const set = await profiles.read();
    const name = profileName(input.text('profile'), world.env, set.current);
    if (set.profiles[name]?.url !== connection.site) {
      throw new CliFailure(
        'failed',
        'A login of the environment has no profile. Use --organization, or SALLYPORT_ORGANIZATION.',
      );
    }
    const accessToken = await connection.accessToken();
    const isPerson = connection.kind === 'user';
    if (!isPerson) await connection.call(`/api/v1/organization/${organizationId}`);
    const tokens = isPerson
      ? await selectOrganization(world, { site: connection.site, accessToken }, organizationId)
      : {};
    await profiles.update((now) => {
      const profile = now.profiles[name] ?? { url: connection.site };
      const choice = isPerson ? tokens : { organizationId };
      return { ...now, profiles: { ...now.profiles, [name]: { ...profile, ...choice } } };
    });
    return {
      json: { organizationId },
      text: `Commands are about ${plain(input.word(0))} from now on (profile ${name}).`,
    };
  },
};

function shown(body: { organization: Organization }): Outcome {
  const { organization: it } = body;
  const text = facts([
    ['id', it.id],
    ['name', it.name],
    ['slug', it.slug],
    ['enforces single sign-on', it.authEnforced],
    ['admins may bypass it', it.bypassOrgAuthEnabled],
    ['role of new members', it.defaultMembershipRole],
    ['sessions last', it.userTokenExpiration],
    ['created', it.createdAt],
  ]);
  return { json: body, text };
}

export const organizationCommands: readonly ClientCommand[] = [list, get, create, update, use];
