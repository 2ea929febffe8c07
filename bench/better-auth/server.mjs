// The server under measurement: better-auth's own handler on node:http.
import { createServer } from 'node:http';

import { toNodeHandler } from 'better-auth/node';

import { createAuth } from './auth.mjs';

const port = Number(process.env.PORT);
const origin = `http://127.0.0.1:${port}`;
const { auth } = createAuth({
  databaseUrl: process.env.DATABASE_URL,
  origin,
  idpOrigin: process.env.BENCH_IDP_ORIGIN,
});
const server = createServer(toNodeHandler(auth));
server.keepAliveTimeout = 60_000;
server.listen(port, '127.0.0.1', () => process.stdout.write(`listening on ${origin}\n`));
process.once('SIGTERM', () => process.exit(0));
