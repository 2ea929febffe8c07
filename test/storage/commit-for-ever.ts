/**
 * A program that opens the SQLite database named by its first argument and commits forever. It prints the number of
 * each commit
 * after the acknowledgement. It runs until it is killed.
 */
import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';

const database = await openDatabase({ url: process.argv[2] ?? '', logger: silentLogger });
for (let number = 1; ; number += 1) {
  await database.transaction((tx) =>
    tx
      .insertInto('server_state')
      .values({ key: String(number), value: 'x'.repeat(30_000) })
      .execute(),
  );
  process.stdout.write(`${number}\n`);
}
