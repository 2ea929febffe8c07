import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { sqliteTurnsPerLoopMax, sqliteTurnWaitMsMax } from '../limits.ts';
import { createTurns } from './sqlite-turns.ts';

describe('turns to write', () => {
  it('are given one at a time, in the order in which they were asked for', async () => {
    const turns = createTurns();
    const order: number[] = [];
    let running = 0;
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const endTurn = await turns.take();
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

  it('are given to upkeep before those who wait', async () => {
    const turns = createTurns();
    const order: string[] = [];
    const endFirst = await turns.take();
    const takers = [
      turns.take().then((endTurn) => (order.push('waiting'), endTurn())),
      turns.takeNext().then((endTurn) => (order.push('upkeep'), endTurn())),
    ];
    endFirst();
    await Promise.all(takers);
    expect(order).toEqual(['upkeep', 'waiting']);
  });

  it('end once, however often that is said', async () => {
    const turns = createTurns();
    const endFirst = await turns.take();
    const second = turns.take();
    endFirst();
    endFirst();
    const endSecond = await second;
    let isThirdRunning = false;
    const third = turns.take().then((endTurn) => {
      isThirdRunning = true;
      endTurn();
    });
    endFirst();
    await Promise.resolve();
    expect(isThirdRunning).toBe(false);
    endSecond();
    await third;
  });

  it('let the event loop do other work now and then, however many are queued', async () => {
    const turns = createTurns();
    const total = sqliteTurnsPerLoopMax * 3;
    let taken = 0;
    const all = Promise.all(
      Array.from({ length: total }, async () => {
        const endTurn = await turns.take();
        taken += 1;
        endTurn();
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(total);
    await all;
    expect(taken).toBe(total);
  });

  it('are refused after closing, which waits for those asked for before', async () => {
    const turns = createTurns();
    const endFirst = await turns.take();
    const second = turns.take();
    let isClosed = false;
    const closing = turns.close().then(() => {
      isClosed = true;
    });
    await expect(turns.take()).rejects.toMatchObject({ code: 'storage_unavailable' });
    endFirst();
    const endSecond = await second;
    expect(isClosed).toBe(false);
    endSecond();
    await closing;
    await expect(turns.take()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('the wait for a turn', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has an end, and the turn goes to the next who still waits', async () => {
    const turns = createTurns();
    const endFirst = await turns.take();
    const tooLong = turns.take();
    const refusal = tooLong.catch((reason: unknown) => reason);
    vi.advanceTimersByTime(sqliteTurnWaitMsMax);
    expect(await refusal).toMatchObject({ code: 'storage_unavailable' });
    const later = turns.take();
    endFirst();
    (await later)();
    // Nobody is left in possession.
    (await turns.take())();
  });
});
