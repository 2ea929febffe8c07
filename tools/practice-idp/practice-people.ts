/** A user of the practice provider. */
export interface PracticePerson {
  /** The name on the sign-in page's button. The subject claim is derived from it. */
  readonly loginName: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly givenName: string;
  readonly familyName: string;
  /**
   * If omitted, the `groups` claim is absent. An empty list is sent and means "no groups". A relying party must
   * distinguish them.
   */
  readonly groups?: readonly string[];
}

/** The users of the demo. Their family names show what each is for. */
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
