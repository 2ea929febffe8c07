/**
 * The environment variables of the command line. The server, which treats every `SALLYPORT_` name as a setting, ignores
 * them.
 */
export const clientVariables = [
  { name: 'SALLYPORT_URL', doc: 'The server’s URL, instead of the profile’s.' },
  { name: 'SALLYPORT_TOKEN', doc: 'An access token, instead of a login.' },
  {
    name: 'SALLYPORT_CLIENT_ID',
    doc: 'With `SALLYPORT_CLIENT_SECRET`: a machine identity that logs in for each command.',
  },
  { name: 'SALLYPORT_CLIENT_SECRET', doc: 'The client secret for `SALLYPORT_CLIENT_ID`.' },
  { name: 'SALLYPORT_PROFILE', doc: 'The profile to use, unless `--profile` names one.' },
  { name: 'SALLYPORT_ORGANIZATION', doc: 'The organization to work on, unless `--organization` names one.' },
] as const;
