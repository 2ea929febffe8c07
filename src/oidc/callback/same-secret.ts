import { timingSafeEqual } from 'node:crypto';

/** Whether two secrets are equal, found out in a time that tells nothing of where they differ. How long they are is none. */
export function isSameSecret(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
