import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { auditExportLinesMax } from '../../contract/limits.ts';
import { failureOf, isSuccess, linesOfJson } from '../api-client.ts';
import { CliFailure, usageFailure } from '../cli-failure.ts';
import type { ClientCommand, CommandContext } from '../command.ts';
import { plain } from '../output.ts';
import { openTrailFile, type TrailEnd } from '../trail-file.ts';
import { followLine, type TrailPlace, trailStart } from '../trail-line.ts';

const pausesMax = 10;
const pauseSecondsMax = 120;

const exportTrail: ClientCommand = {
  name: 'audit export',
  summary: 'Export the audit trail as lines of JSON, oldest first',
  about:
    'One JSON object a line, exactly as the server’s hashes vouch for it (docs/audit.md). The lines are checked as they come, and one that is not whole, or does not follow the one before, makes the command fail in the end. With `--file` it goes on after the last line of the file, which has to be of the same trail; so the same command, repeated, keeps a copy up to date.',
  options: {
    after: { value: 'sequence', doc: 'Begin after this entry; from the first one on when left out.', isNumber: true },
    file: { value: 'file', doc: 'Add to this file, after its last line, instead of printing.' },
    limit: { value: 'count', doc: 'Export at most this many.', isNumber: true },
    server: { doc: 'The server’s own trail, for its administrators.' },
  },
  examples: [
    { does: 'Everything', line: 'sallyport audit export > audit.ndjson' },
    { does: 'What came after entry 1200', line: 'sallyport audit export --after 1200' },
    { does: 'Keep a copy up to date, every hour', line: 'sallyport audit export --file /var/lib/audit/acme.ndjson' },
  ],
  run: async (context) => {
    const { input, say } = context;
    const path = input.text('file');
    if (path !== undefined && input.text('after') !== undefined) {
      throw usageFailure('Give --after or --file, not both: a file says itself how far it is.');
    }
    const readPage = await openExport(context);
    if (path === undefined) return copy(context, { ...printing(context), readPage });
    const file = await openTrailFile(path);
    try {
      if (file.wasTorn) say('The last line of the file was not whole: it is removed, and exported again.');
      const { last, append } = file;
      if (last !== undefined) await requireSameTrail(readPage, last);
      return await copy(context, { readPage, from: last?.place ?? trailStart, write: append });
    } finally {
      await file.close();
    }
  },
};

interface Copying {
  readonly readPage: ReadPage;
  readonly from: TrailPlace;
  readonly write: (text: string) => Promise<void>;
}

// On a terminal nothing that others chose may act as more than text; a file and a pipe get the very bytes.
function printing({ input, world: { streams } }: CommandContext): Omit<Copying, 'readPage'> {
  const { output } = streams;
  const after = input.number('after');
  const shown = (text: string) => (output.isTTY === true ? text.split('\n').map(plain).join('\n') : text);
  return {
    from: after === undefined ? trailStart : { sequence: after },
    write: async (text) => void (output.write(shown(text)) || (await once(output, 'drain'))),
  };
}

interface Copying {
  readonly from: TrailPlace;
  readonly write: (text: string) => Promise<void>;
}

async function copy(
  { input, say }: CommandContext,
  { readPage, from, write }: Copying,
): Promise<{ text: string; isFailure: boolean }> {
  const wanted = input.number('limit') ?? Number.MAX_SAFE_INTEGER;
  let place = from;
  let count = 0;
  let isWhole = true;
  for (let isEnd = false; !isEnd && count < wanted;) {
    const limit = Math.min(auditExportLinesMax, wanted - count);
    const lines = await readPage(place.sequence, limit).catch((thrown: unknown) => {
      if (count > 0) say(`Stopped after entry ${place.sequence}.`);
      throw thrown;
    });
    for (const line of lines) {
      const { missing, fault, ...followed } = followLine(place, line);
      if (missing > 0) say(`${missing} entries after entry ${place.sequence} are not there any more.`);
      if (fault !== undefined) say(`The trail is not whole: ${fault}. On the server: sallyport audit verify`);
      isWhole &&= fault === undefined;
      ({ place } = followed);
    }
    if (lines.length > 0) await write(`${lines.join('\n')}\n`);
    count += lines.length;
    // A page may end early because of its size, so only an empty one is the end.
    isEnd = lines.length === 0;
  }
  say(`${count} entries are exported. The last one is entry ${place.sequence}.`);
  return { text: '', isFailure: !isWhole };
}

// A file of another organization, or of a server that was set back to an older state, must not be gone on with.
async function requireSameTrail(readPage: ReadPage, { line, place }: TrailEnd): Promise<void> {
  const [found] = await readPage(place.sequence - 1, 1);
  if (found === line || (found !== undefined && followLine(place, found).fault === undefined)) return;
  throw new CliFailure(
    'failed',
    `The trail does not hold the last entry of the file (${place.sequence}). It is of another trail, or the server was set back to an older state. Nothing was written.`,
  );
}

type ReadPage = (after: number, limit: number) => Promise<readonly string[]>;

async function openExport({ connect, input, say }: CommandContext): Promise<ReadPage> {
  const connection = await connect();
  const scope = input.has('server') ? { scope: 'server' } : { organizationId: await connection.organizationId() };
  return async (after, limit) => {
    for (let pauses = 0; ; pauses += 1) {
      const query = { ...scope, after, limit };
      const answer = await connection.ask('/api/v1/organization/audit-logs/export', { query, accept: linesOfJson });
      if (isSuccess(answer) && typeof answer.body === 'string') {
        return answer.body.split('\n').filter((line) => line !== '');
      }
      if (answer.status !== 429 || pauses === pausesMax) throw failureOf(answer);
      const seconds = Math.min(pauseSecondsMax, Number(answer.headers.get('retry-after') ?? 1) || 1);
      say(`The server asks for a pause of ${seconds} seconds.`);
      await pause(seconds * 1000);
    }
  };
}

export const auditExportCommands: readonly ClientCommand[] = [exportTrail];
