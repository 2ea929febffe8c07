/**
 * The process that simulates browsers. It gets loads over the IPC channel, runs one at a time and sends back the
 * results, so that
 * its own CPU time is not counted for a server.
 */
import { connect } from './browser.ts';
import { flows, type FlowName } from './flows.ts';
import { runLoad, type LoadResult, type LoadShape } from './load.ts';

export interface DriverOrder {
  readonly flow: FlowName;
  readonly subjectOrigin: string;
  readonly idpOrigin: string;
  readonly adminToken: string;
  readonly shape: LoadShape;
}

process.on('message', (order: DriverOrder) => {
  carryOut(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit(0));

async function carryOut({ flow, shape, ...target }: DriverOrder): Promise<LoadResult> {
  const subject = connect(target.subjectOrigin, shape.concurrency);
  const idp = connect(target.idpOrigin, shape.concurrency);
  try {
    return await runLoad(flows[flow], { ...target, subject, idp }, shape);
  } finally {
    await Promise.all([subject.close(), idp.close()]);
  }
}
