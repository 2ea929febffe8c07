import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { sqliteTurnsInRowMax, sqliteQueueWaitMsMax } from '../limits.ts';
import { createWriteQueue } from './sqlite-write-queue.ts';

describe('the write queue', () => {
  it('gives turns one at a time, in the order of the requests', async () => {
    const queue = createWriteQueue();
    const order: number[] = [];
    let running = 0;
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const endTurn = await queue.take();
        running += 1;
        expect(running).toBe(1);
        order.push(number);
        await Promise.resolve();
        running -= 1;
        endTurn();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('gives a checkpoint its turn before the transactions that wait', async () => {
    const queue = createWriteQueue();
    const order: string[] = [];
    const endFirst = await queue.take();
    const takers = [
      queue.take().then((endTurn) => (order.push('waiting'), endTurn())),
      queue.takeNext().then((endTurn) => (order.push('checkpoint'), endTurn())),
    ];
    endFirst();
    await Promise.all(takers);
    expect(order).toEqual(['checkpoint', 'waiting']);
  });

  it('ends a turn once, even if it is ended again', async () => {
    const queue = createWriteQueue();
    const endFirst = await queue.take();
    const second = queue.take();
    endFirst();
    endFirst();
    const endSecond = await second;
    let isThirdRunning = false;
    const third = queue.take().then((endTurn) => {
      isThirdRunning = true;
      endTurn();
    });
    endFirst();
    await Promise.resolve();
    expect(isThirdRunning).toBe(false);
    endSecond();
    await third;
  });

  it('lets the event loop do other work from time to time, however long it is', async () => {
    const queue = createWriteQueue();
    const total = sqliteTurnsInRowMax * 3;
    let taken = 0;
    const all = Promise.all(
      Array.from({ length: total }, async () => {
        const endTurn = await queue.take();
        taken += 1;
        endTurn();
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(total);
    await all;
    expect(taken).toBe(total);
  });

  it('rejects requests after closing, which waits for earlier ones', async () => {
    const queue = createWriteQueue();
    const endFirst = await queue.take();
    const second = queue.take();
    let isClosed = false;
    const closing = queue.close().then(() => {
      isClosed = true;
    });
    await expect(queue.take()).rejects.toMatchObject({ code: 'storage_unavailable' });
    endFirst();
    const endSecond = await second;
    expect(isClosed).toBe(false);
    endSecond();
    await closing;
    await expect(queue.take()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('waiting in the write queue', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends after a limit, and the turn goes to the next one that still waits', async () => {
    const queue = createWriteQueue();
    const endFirst = await queue.take();
    const tooLong = queue.take();
    const refusal = tooLong.catch((reason: unknown) => reason);
    vi.advanceTimersByTime(sqliteQueueWaitMsMax);
    expect(await refusal).toMatchObject({ code: 'storage_unavailable' });
    const later = queue.take();
    endFirst();
    (await later)();
    // The turn is free again.
    (await queue.take())();
  });
});
