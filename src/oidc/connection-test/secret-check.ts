import { optionsOf } from '../connection.ts';
import { parseJsonObject, stringMember } from '../bounded-json.ts';
import { isJsonType, isTemporary } from '../fetch-document.ts';
import type { Answer } from '../outbound-request.ts';
import type { TestFacts } from './facts.ts';
import { type Finding, ofAnswer, skipped, skippedFor, stoppedAt } from './finding.ts';

/**
 * The client secret, by what the token endpoint says of a code that nobody issued. RFC 6749, section 5.2, has two words
 * for it: `invalid_client` when the client is not believed, `invalid_grant` when it is and only the code is wrong.
 */
export function checkSecret(facts: TestFacts): Finding {
  const usesKey = optionsOf(facts.connection).tokenEndpointAuthMethod === 'private_key_jwt';
  if (usesKey && facts.secret.kind !== 'usable') return withoutKey(facts.secret.kind);
  switch (facts.secret.kind) {
    case 'missing':
      return skipped('No client secret was given, so there is none to try.');
    case 'moved':
      return skipped(
        'The stored secret was entered for another address, and is not sent to a new one. Give clientSecret to try it there.',
      );
    case 'sealed_shut':
      return {
        outcome: 'failed',
        message: 'The stored secret cannot be opened, because its row was changed or moved. It is sent nowhere.',
        action: 'Enter the client secret again.',
      };
    case 'usable':
      break;
    default:
      return facts.secret satisfies never;
  }
  if (facts.token === undefined) {
    return skippedFor(facts.metadata === undefined ? stoppedAt(facts) : 'clientAuthentication');
  }
  return ofAnswer(facts.token, ({ answer }) => judgeTokenAnswer(answer, usesKey ? byKey : bySecret));
}

function withoutKey(kind: 'missing' | 'moved' | 'sealed_shut'): Finding {
  return kind === 'sealed_shut'
    ? {
        outcome: 'failed',
        message: 'The key of the client cannot be opened, because its row was changed or moved. Nothing is sent.',
        action: 'Set another tokenEndpointAuthMethod, and then private_key_jwt again, for a new key pair.',
      }
    : skipped('The key pair for this address is made when the configuration is stored, so there is none to try yet.');
}

function judgeTokenAnswer(answer: Answer, proof: typeof byKey | typeof bySecret): Finding {
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : undefined;
  const error = parsed?.ok ? stringMember(parsed.value, 'error') : undefined;
  const description = parsed?.ok ? stringMember(parsed.value, 'error_description') : undefined;
  const found = [`status ${answer.status}`, error, description].filter((part) => part !== undefined).join(', ');
  const expected = 'invalid_grant, for a code that nobody issued';
  if (isTemporary(answer.status)) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'The token endpoint says that it cannot answer now, so the secret is neither known to be good nor bad.',
      action: 'Try again later.',
    };
  }
  if (error === 'invalid_grant') {
    return {
      outcome: 'passed',
      expected,
      found,
      message: `The provider takes the client id and the ${proof.name}. It refused only the code, which nobody issued.`,
    };
  }
  if (error === 'invalid_client' || (error === undefined && answer.status === 401)) {
    return { outcome: 'failed', expected, found, ...proof.refused };
  }
  if (error === 'unauthorized_client') return { outcome: 'failed', expected, found, ...flowRefused };
  if (answer.status === 200 && error === undefined) {
    return {
      outcome: 'failed',
      expected,
      found,
      message: 'The token endpoint did not refuse a code that nobody issued. This is no token endpoint to rely on.',
      action: 'Check the address of the token endpoint.',
    };
  }
  return {
    outcome: 'warning',
    expected,
    found,
    message: 'The answer does not tell whether the secret is good. Only a sign-in shows that.',
    action: 'Sign in once to try it. If that fails, look at what was answered here.',
  };
}

const bySecret = {
  name: 'secret',
  refused: {
    message:
      'The provider does not take the client id with this secret: one of them is wrong, or the secret has expired.',
    action: "Copy the client id, make a new client secret, and enter the secret's value, not its id.",
  },
};

const byKey = {
  name: 'key',
  refused: {
    message:
      'The provider does not take the client id with this key: it does not know the key, or wants another proof.',
    action: 'Register the address of the key set that client-keys shows, with private_key_jwt as the method.',
  },
};

const flowRefused = {
  message: 'The provider knows the client, but does not let it use the authorization code flow.',
  action: 'Allow the authorization code flow for the application.',
};
