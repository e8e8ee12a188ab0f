import { msToNumber } from '@temporalio/common/lib/time.js';
import { describe, expect, it } from 'vitest';
import * as policies from '../../workflows/policies.ts';

const all = {
  fetch: policies.fetchPolicy('lake-massive', 1_800),
  permit: policies.permitPolicy(1_800),
  disk: policies.diskPolicy(1_800),
  month: policies.monthPolicy(1_800),
  plan: policies.planPolicy(1_800),
  model: policies.modelPolicy(1_800),
  report: policies.reportPolicy,
  pack: policies.packPolicy,
  look: policies.lookPolicy,
  webhook: policies.webhookPolicy(10),
  await: policies.awaitPolicy(1_800),
};

describe('every policy', () => {
  it.each(Object.entries(all))('(%s) bounds its attempts and the time of each', (_name, policy) => {
    expect(policy.retry?.maximumAttempts).toBeGreaterThan(1);
    expect(policy.retry?.maximumAttempts).toBeLessThan(100);
    expect(policy.retry?.maximumInterval).toBeDefined();
    expect(policy.startToCloseTimeout).toBeDefined();
    // It would count the time in a rate-limited queue as well.
    expect(policy.scheduleToCloseTimeout).toBeUndefined();
  });

  it('is among those tested here', () => {
    const named = Object.keys(policies).filter((name) => name.endsWith('Policy'));
    expect(named).toHaveLength([...Object.keys(all), 'request'].length);
  });

  it.each(Object.entries(all).filter(([name]) => name !== 'permit'))(
    '(%s) notices a dead worker by its silence, well before a step’s time is over',
    (_name, { heartbeatTimeout, startToCloseTimeout }) => {
      expect(msToNumber(heartbeatTimeout ?? 0)).toBeGreaterThan(0);
      expect(msToNumber(heartbeatTimeout ?? 0)).toBeLessThan(msToNumber(startToCloseTimeout ?? 0) / 2);
    },
  );

  it('for a request keeps to the source’s queue, never past its limit', () => {
    expect(all.fetch).toMatchObject({ taskQueue: 'lake-massive', allowEagerDispatch: false });
  });
});

it('a request that is counted has one attempt, since the next needs leave of its own', () => {
  const { retry, ...rest } = policies.requestPolicy('lake-massive');
  expect(retry).toMatchObject({ maximumAttempts: 1 });
  expect(rest).toEqual({
    taskQueue: 'lake-massive',
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '4 seconds',
    allowEagerDispatch: false,
  });
});

it('the pauses between attempts double up to a minute, by whoever they are made', () => {
  expect([1, 2, 3, 6, 7, 30].map(policies.pauseSecondsAfter)).toEqual([1, 2, 4, 32, 60, 60]);
});

describe('patience becomes attempts', () => {
  it.each([
    { seconds: 0, attempts: 2 },
    { seconds: 1, attempts: 2 },
    { seconds: 3, attempts: 3 },
    { seconds: 7, attempts: 4 },
    // 1 + 2 + 4 + 8 + 16 + 32 = 63, then one more each minute.
    { seconds: 63, attempts: 7 },
    { seconds: 123, attempts: 8 },
    { seconds: 1_800, attempts: 35 },
  ])('$seconds s: $attempts', ({ seconds, attempts }) => {
    expect(policies.attemptsWithin(seconds)).toBe(attempts);
  });
});
