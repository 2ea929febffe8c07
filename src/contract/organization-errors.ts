/** What stands in the way of a deletion, or follows from one: a part of the table in `errors.ts`. */
export const organizationErrors = {
  organization_holds_server_identity: {
    status: 409,
    error: 'Conflict',
    message:
      'The organization holds a machine identity that is an instance admin. Without it the server may become unreachable for scripts. Delete that identity first.',
  },
  organization_vouched_for: {
    status: 409,
    error: 'Conflict',
    message:
      'SALLYPORT_VERIFIED_DOMAINS names this organization. Remove it from that setting and restart the server first.',
  },
  deleted_meanwhile: {
    status: 409,
    error: 'Conflict',
    message: 'Something that this request needs was deleted in the meantime. Nothing was changed.',
  },
} as const;
