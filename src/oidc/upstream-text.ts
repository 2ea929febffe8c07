import { upstreamTextLengthMax } from './limits.ts';

/**
 * Cleans a free text from a provider, or from an attacker who impersonates it, for the log and the record of an attempt:
 * one line, no invisible characters, at most `upstreamTextLengthMax` characters by default, and without this server's
 * secrets if the text echoes them. Members never see it.
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

/** The spellings of a secret: as it is, and in URLs, forms, JSON and base64. */
function spellings(secret: string): ReadonlySet<string> {
  // A URL cannot contain lone surrogates.
  const text = secret.toWellFormed();
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  const inJson = JSON.stringify(secret).slice(1, -1);
  return new Set([secret, encodeURIComponent(text), form, inJson, Buffer.from(secret).toString('base64')]);
}

// Controls, format characters (such as bidirectional marks), line and paragraph separators, lone surrogates.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
