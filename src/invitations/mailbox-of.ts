const gmailDomains = ['gmail.com', 'googlemail.com'];

/**
 * The mailbox that an address is counted for. What follows a `+` is a tag at most providers (RFC 5233), and Gmail ignores
 * dots and has two domains. Elsewhere two such addresses may be two people, who then share a limit of messages and
 * nothing else.
 */
export function mailboxOf(emailKey: string): string {
  const at = emailKey.lastIndexOf('@');
  const [domain, localPart] = [emailKey.slice(at + 1), emailKey.slice(0, at)];
  const untagged = localPart.replace(/(?<=.)\+.*$/u, '');
  return gmailDomains.includes(domain) ? `${untagged.replaceAll('.', '')}@gmail.com` : `${untagged}@${domain}`;
}
