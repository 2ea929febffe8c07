const gmailDomains = ['gmail.com', 'googlemail.com'];

/**
 * The mailbox that an address counts for. At most providers, the part after `+` is a tag (RFC 5233). Gmail ignores dots
 * and has two domains. At other providers, two such addresses may belong to two users, who then only share a message
 * limit.
 */
export function mailboxOf(emailKey: string): string {
  const at = emailKey.lastIndexOf('@');
  const [domain, localPart] = [emailKey.slice(at + 1), emailKey.slice(0, at)];
  const untagged = localPart.replace(/(?<=.)\+.*$/u, '');
  return gmailDomains.includes(domain) ? `${untagged.replaceAll('.', '')}@gmail.com` : `${untagged}@${domain}`;
}
