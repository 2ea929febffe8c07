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
    'Prints one JSON object per line, exactly as the server hashed it (docs/audit.md). The command checks each line as it arrives. It fails at the end if a line is damaged or does not follow the line before. With `--file`, it continues after the last line of the file, which must belong to the same trail. Repeat the same command to keep a copy up to date.',
  options: {
    after: { value: 'sequence', doc: 'Start after this entry. The default is the first entry.', isNumber: true },
    file: { value: 'file', doc: 'Append to this file, after its last line, instead of printing.' },
    limit: { value: 'count', doc: 'Export up to this many entries.', isNumber: true },
    server: { doc: 'Export the server’s own trail. For instance admins.' },
  },
  examples: [
    { does: 'Everything', line: 'sallyport audit export > audit.ndjson' },
    { does: 'Everything after entry 1200', line: 'sallyport audit export --after 1200' },
    { does: 'Keep a copy up to date, every hour', line: 'sallyport audit export --file /var/lib/audit/acme.ndjson' },
  ],
  run: async (context) => {
    const { input, say } = context;
    const path = input.text('file');
    if (path !== undefined && input.text('after') !== undefined) {
      throw usageFailure('Give --after or --file, not both: the file determines where to continue.');
    }
    const readPage = await openExport(context);
    if (path === undefined) return copy(context, { ...printing(context), readPage });
    const file = await openTrailFile(path);
    try {
      if (file.wasTorn) say('The last line of the file was incomplete. It is removed and exported again.');
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

// On a terminal, text from other users must not act as control sequences. A file and a pipe get the exact bytes.
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
      if (missing > 0) say(`${missing} entries after entry ${place.sequence} no longer exist.`);
      if (fault !== undefined) {
        say(`The trail is damaged: ${fault}. To check it, run on the server: sallyport audit verify`);
      }
      isWhole &&= fault === undefined;
      ({ place } = followed);
    }
    if (lines.length > 0) await write(`${lines.join('\n')}\n`);
    count += lines.length;
    // A page may end early because of its size, so only an empty page is the end.
    isEnd = lines.length === 0;
  }
  say(`Exported ${count} entries. The last one is entry ${place.sequence}.`);
  return { text: '', isFailure: !isWhole };
}

// The export must not continue in a file of another organization, or of a server that was restored to an older state.
async function requireSameTrail(readPage: ReadPage, { line, place }: TrailEnd): Promise<void> {
  const [found] = await readPage(place.sequence - 1, 1);
  if (found === line || (found !== undefined && followLine(place, found).fault === undefined)) return;
  throw new CliFailure(
    'failed',
    `The trail does not contain the last entry of the file (${place.sequence}). The file belongs to another trail, or the server was restored to an older state. Nothing was written.`,
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
      say(`The server asks to wait ${seconds} seconds.`);
      await pause(seconds * 1000);
    }
  };
}

export const auditExportCommands: readonly ClientCommand[] = [exportTrail];
