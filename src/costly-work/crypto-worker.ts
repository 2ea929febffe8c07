import { argon2Sync, generateKeyPairSync } from 'node:crypto';
import { platform, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

import type { CryptoJob, CryptoResults } from './crypto-jobs.ts';
import { threadNiceness } from './limits.ts';

// The synchronous functions run on this thread. The asynchronous ones would use libuv's pool even here, because all
// threads of a process share that pool.
function compute(job: CryptoJob): CryptoResults[CryptoJob['kind']] {
  switch (job.kind) {
    case 'argon2id':
      return argon2Sync('argon2id', job.parameters);
    case 'rsa-key-pair': {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: job.modulusBits });
      return { publicKey: publicKey.export({ format: 'jwk' }), privateKey: privateKey.export({ format: 'jwk' }) };
    }
    default:
      return job satisfies never;
  }
}

// On Linux, 0 means the calling thread, and the threads of Argon2 inherit the value. Elsewhere it would mean the whole
// process.
if (platform() === 'linux') setPriority(0, threadNiceness);

parentPort?.on('message', (job: CryptoJob) => parentPort?.postMessage({ cryptoResult: compute(job) }));
