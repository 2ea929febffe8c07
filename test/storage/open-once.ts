/** A program that opens the database named by its first argument and says how that went, in one line. */
import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { StorageStartError } from '../../src/storage/start-error.ts';

try {
  const database = await openDatabase({ url: process.argv[2] ?? '', logger: silentLogger });
  await database.close();
  process.stdout.write('opened\n');
} catch (thrown) {
  if (!(thrown instanceof StorageStartError)) throw thrown;
  process.stdout.write(`${thrown.message}\n`);
}
