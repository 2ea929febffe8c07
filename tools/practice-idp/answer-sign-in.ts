import type { IncomingMessage, ServerResponse } from 'node:http';

import { SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import type { Interaction, InteractionResult, Provider } from 'oidc-provider/lib/provider.js';

import { toMarkup, type Html } from '../../src/http/html.ts';
import { pageHeaders } from './page-headers.ts';
import { problemPage, refusalValue, signInPage } from './pages.ts';
import { subjectOf } from './person-claims.ts';
import type { PracticePerson } from './practice-people.ts';

const formBytesMax = 4096;

const refused: InteractionResult = { error: 'access_denied', error_description: 'The user chose not to sign in.' };

/** One request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Serves the sign-in page, and returns the user's choice to the authorization request. */
export async function answerSignIn(
  provider: Provider,
  people: readonly PracticePerson[],
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  const interaction = await findInteraction(provider, exchange);
  if (interaction === undefined) {
    const problem = problemPage('This page was not opened in this browser, or it is too old. Start again.');
    sendPage(response, problem, { status: 400 });
    return;
  }
  if (request.method !== 'POST') {
    sendSignInPage(response, people, interaction);
    return;
  }
  const chosen = await readChoice(request);
  const person = people.find((one) => one.loginName === chosen);
  if (person !== undefined) {
    await provider.interactionFinished(request, response, { login: { accountId: subjectOf(person) } });
  } else if (chosen === refusalValue) {
    await provider.interactionFinished(request, response, refused);
  } else {
    sendPage(response, problemPage('This user does not exist.'), { status: 400 });
  }
}

/** Sends a page; with `redirectUri`, one whose form leads there. */
export function sendPage(
  response: ServerResponse,
  page: Html,
  { status, redirectUri }: { status: number; redirectUri?: string | undefined },
): void {
  response.writeHead(status, pageHeaders(redirectUri)).end(toMarkup(page));
}

function sendSignInPage(response: ServerResponse, people: readonly PracticePerson[], interaction: Interaction): void {
  const { redirect_uri: redirectUri, login_hint: loginHint } = interaction.params;
  const page = signInPage(people, typeof loginHint === 'string' ? loginHint : undefined);
  sendPage(response, page, { status: 200, redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined });
}

async function findInteraction(provider: Provider, exchange: Exchange): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(exchange.request, exchange.response);
  } catch (error) {
    if (error instanceof SessionNotFound) return undefined;
    throw error;
  }
}

async function readChoice(request: IncomingMessage): Promise<string | undefined> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > formBytesMax) return undefined;
  }
  return new URLSearchParams(body).get('person') ?? undefined;
}
