import { expect, it } from 'vitest';

import { RunTrace } from './run-trace.js';

const ORDER = { traceparent: '00-order-1-01' };
const WEBHOOK = { traceparent: '00-webhook-1-01' };
const LINKED = { links: ORDER.traceparent };
const LONG = 60_000;

function started(): RunTrace {
  const trace = new RunTrace();
  trace.started(ORDER);
  return trace;
}

it('what a run does without a wait belongs to the trace of its start', () => {
  const trace = started();
  expect(trace.begun()).toEqual(ORDER);
  trace.ended();
  expect(trace.begun()).toEqual(ORDER);
});

it('a signal that ends a wait brings its trace, linked to that of the start', () => {
  const trace = started();
  trace.begun();
  trace.ended();
  trace.signalled(WEBHOOK);
  expect(trace.begun()).toEqual({ ...WEBHOOK, ...LINKED });
  trace.ended();
  expect(trace.next()).toEqual({ ...WEBHOOK, ...LINKED });
});

it('a signal that comes while something runs is linked once', () => {
  const trace = started();
  trace.begun();
  trace.signalled(WEBHOOK);
  trace.ended();
  expect(trace.begun()).toEqual({ ...ORDER, links: WEBHOOK.traceparent });
  expect(trace.begun()).toEqual(ORDER);
});

it('after a long timer each activity has a trace of its own, until a signal comes', () => {
  const trace = started();
  trace.timerFired(LONG);
  expect(trace.begun()).toEqual(LINKED);
  trace.ended();
  expect(trace.begun()).toEqual(LINKED);
  trace.ended();
  trace.signalled(WEBHOOK);
  expect(trace.begun()).toEqual({ ...WEBHOOK, ...LINKED });
});

it('a short timer, or one that fires while something runs, changes nothing', () => {
  const trace = started();
  trace.timerFired(1_000);
  expect(trace.begun()).toEqual(ORDER);
  trace.timerFired(LONG);
  expect(trace.begun()).toEqual(ORDER);
});

it('a run that is not traced tells nothing, until a signal is traced', () => {
  const trace = new RunTrace();
  trace.started(null);
  trace.signalled({});
  trace.timerFired(LONG);
  expect(trace.begun()).toBeNull();
  trace.ended();
  trace.signalled(WEBHOOK);
  expect(trace.begun()).toEqual(WEBHOOK);
});
