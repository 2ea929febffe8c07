/**
 * A program that opens a database and prints the outcome in one line: node open-once.ts <url> [<user id> <other url>]
 *
 * With a user id it first opens another database, so that all code is loaded, and then becomes that user. A user who
 * may not enter
 * the project's folder could not load it.
 */
import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';

const [url = '', userId, otherUrl = ''] = process.argv.slice(2);

if (userId !== undefined) {
  await (await openDatabase({ url: otherUrl, logger: silentLogger })).close();
  process.setgroups?.([]);
  process.setgid?.(Number(userId));
  process.setuid?.(Number(userId));
}
try {
  const database = await openDatabase({ url, logger: silentLogger });
  await database.close();
  process.stdout.write('opened\n');
} catch (thrown) {
  if (!(thrown instanceof StorageStartError)) throw thrown;
  process.stdout.write(`${thrown.message}\n`);
}
