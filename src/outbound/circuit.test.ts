import { describe, expect, it } from 'vitest';

import { permitOf, afterCall, type CallOutcome, type Circuit, closedCircuit, halfOpen } from './circuit.ts';
import { circuitFailuresMax, circuitOpenMs, circuitWindowMs } from './limits.ts';

const nowMs = 1_000_000;
const failed = (...agoMs: number[]): Circuit => ({ state: 'closed', failedAt: agoMs.map((ago) => nowMs - ago) });
const open = (untilMs: number): Circuit => ({ state: 'open', untilMs });
const oneLess = Array.from({ length: circuitFailuresMax - 1 }, (_, index) => 1_000 * (circuitFailuresMax - index));

describe('the decision whether a call may start', () => {
  it.each<[string, Circuit, string]>([
    ['nothing bad is known', closedCircuit, 'call'],
    ['some calls failed', failed(3, 2, 1), 'call'],
    ['it is open', open(nowMs + 1), 'refused'],
    ['it has been open long enough', open(nowMs), 'probe'],
    ['a probe is under way', halfOpen, 'refused'],
  ])('when %s', (_name, circuit, expected) => {
    expect(permitOf(circuit, nowMs)).toBe(expected);
  });
});

const answered: CallOutcome = { kind: 'answered' };
const failure: CallOutcome = { kind: 'failed' };
const nothing: CallOutcome = { kind: 'nothing_learned' };
const wait: CallOutcome = { kind: 'asked_to_wait', untilMs: nowMs + 7 };
const opened = open(nowMs + circuitOpenMs);

describe('the effect of a call on the circuit', () => {
  it.each<[string, Circuit, 'call' | 'probe', CallOutcome, Circuit]>([
    ['the first failure is remembered', closedCircuit, 'call', failure, failed(0)],
    ['the last of too many failures opens it', failed(...oneLess), 'call', failure, opened],
    [
      'failures that are too old do not count',
      failed(circuitWindowMs, ...oneLess.slice(1)),
      'call',
      failure,
      failed(...oneLess.slice(1), 0),
    ],
    ['one answer in between and all is forgotten', failed(...oneLess), 'call', answered, closedCircuit],
    ['what says nothing changes nothing', failed(2, 1), 'call', nothing, failed(2, 1)],
    ['a provider that asks to wait is left alone', closedCircuit, 'call', wait, open(nowMs + 7)],
    ['a probe that is answered closes it', halfOpen, 'probe', answered, closedCircuit],
    ['a probe that fails opens it again', halfOpen, 'probe', failure, opened],
    ['a probe that asks to wait opens it so long', halfOpen, 'probe', wait, open(nowMs + 7)],
    ['a probe that was never sent lets the next one go', halfOpen, 'probe', nothing, open(nowMs)],
    ['a call from before it opened that fails does not lengthen it', open(nowMs + 5), 'call', failure, open(nowMs + 5)],
    ['nor does it end a probe', halfOpen, 'call', failure, halfOpen],
    ['a call from before it opened that is answered closes it', open(nowMs + 5), 'call', answered, closedCircuit],
  ])('%s', (_name, circuit, permit, outcome, expected) => {
    expect(afterCall(circuit, { permit, outcome, nowMs })).toEqual(expected);
  });
});
