import { upstreamTextLengthMax } from './limits.ts';

/**
 * What a provider, or whoever spoke in its name, wrote in free text, made fit for the log and for the record of an
 * attempt: one line, no invisible characters, at most `upstreamTextLengthMax` characters unless told otherwise, our secrets
 * taken out in case it echoes them. It is never shown to a member.
 */
export function upstreamText(
  text: unknown,
  secrets: readonly string[] = [],
  lengthMax: number = upstreamTextLengthMax,
): string | undefined {
  if (typeof text !== 'string') {
    return undefined;
  }
  let clean = text;
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) {
      clean = spelling === '' ? clean : clean.replaceAll(spelling, '[redacted]');
    }
  }
  return clean.replace(invisible, ' ').slice(0, lengthMax);
}

/** A secret as it is, and as addresses, forms, JSON and base64 spell it. */
function spellings(secret: string): ReadonlySet<string> {
  // What is not well-formed cannot be part of an address.
  const text = secret.toWellFormed();
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  const inJson = JSON.stringify(secret).slice(1, -1);
  return new Set([secret, encodeURIComponent(text), form, inJson, Buffer.from(secret).toString('base64')]);
}

// Controls, format characters (bidirectional marks among them), line and paragraph separators, lone surrogates.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
