import { practicePeople } from '../practice-idp/practice-people.ts';
import { startPracticeIdp } from '../practice-idp/start-practice-idp.ts';

// The practice identity provider as a process of its own, so that `node --watch` restarts it without the server.

const {
  PRACTICE_IDP_PORT,
  PRACTICE_CLIENT_ID = '',
  PRACTICE_CLIENT_SECRET = '',
  PRACTICE_REDIRECT_URI = '',
} = process.env;

const practice = await startPracticeIdp({
  port: Number(PRACTICE_IDP_PORT),
  people: practicePeople,
  clients: [
    { clientId: PRACTICE_CLIENT_ID, clientSecret: PRACTICE_CLIENT_SECRET, redirectUris: [PRACTICE_REDIRECT_URI] },
  ],
});
console.log(`listening on ${practice.issuer}`);
