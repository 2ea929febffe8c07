import type { Logger } from '../kernel/logger.ts';
import type { ClockComparison } from './clock-comparison.ts';
import { clockDifferenceMsMax } from './limits.ts';

/** Warns the operator if the server's clock differs from the providers' clocks so much that sign-ins fail. */
export function warnOfClock(clocks: ClockComparison, logger: Logger): void {
  const difference = clocks.read();
  if (difference === undefined || Math.abs(difference.differenceMs) < clockDifferenceMsMax) return;
  const { differenceMs, hosts } = difference;
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  logger.warn(
    { seconds, clock: differenceMs > 0 ? 'behind' : 'ahead', hosts },
    "this server's clock differs from those of the identity providers; set it by NTP, or ID tokens are refused",
  );
}
