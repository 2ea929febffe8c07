import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * The thread that copies the write-ahead log into the database file, on its own connection. `synchronous=FULL` syncs
 * the log
 * before the copy and the database file after it (sqlite.org/wal.html, section 3.1). PASSIVE copies what it can and
 * blocks no
 * other connection.
 */
const database = new DatabaseSync(String(workerData));
database.exec('pragma synchronous = full; pragma wal_autocheckpoint = 0');
const checkpoint = database.prepare('pragma wal_checkpoint(passive)');

parentPort?.on('message', (message) => {
  if (message === 'close') {
    database.close();
    parentPort?.close();
  } else {
    parentPort?.postMessage(checkpoint.get());
  }
});
