/** Someone whom one can be at the practice provider. */
export interface PracticePerson {
  /** The name on the sign-in page's button; the subject claim is made from it. */
  readonly loginName: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly givenName: string;
  readonly familyName: string;
  /** Left out, the `groups` claim is absent; empty, it is there and says "no groups". A relying party must tell them apart. */
  readonly groups?: readonly string[];
}

/** The people of the demo. Their family names say what each is good for. */
export const practicePeople: readonly PracticePerson[] = [
  {
    loginName: 'alice',
    email: 'alice@acme.example',
    emailVerified: true,
    givenName: 'Alice',
    familyName: 'Admin',
    groups: ['Engineering', 'Admins'],
  },
  {
    loginName: 'bob',
    email: 'bob@acme.example',
    emailVerified: true,
    givenName: 'Bob',
    familyName: 'Engineer',
    groups: ['Engineering'],
  },
  {
    loginName: 'carol',
    email: 'carol@acme.example',
    emailVerified: true,
    givenName: 'Carol',
    familyName: 'Groupless',
    groups: [],
  },
  {
    loginName: 'mallory',
    email: 'mallory@elsewhere.example',
    emailVerified: true,
    givenName: 'Mallory',
    familyName: 'Outsider',
    groups: ['Engineering', 'Admins'],
  },
];
