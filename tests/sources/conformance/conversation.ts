import { expect } from 'vitest';
import type { Fault } from '../../../sources/sample/server.ts';
import { isLacking } from './facts-shape.ts';
import { rightKey } from './stage.ts';
import {
  accessOf,
  onMarket,
  outcomeOf,
  refusedBy,
  take,
  usualAsk,
  type Claim,
  type Subject,
} from './subject.ts';

/** Orders a fault for the next answer and asks. */
async function refusedUnder(
  subject: Subject,
  fault: Fault,
  timeoutMs = 10_000,
): Promise<ReturnType<typeof refusedBy>> {
  subject.stage.market.order(fault);
  return refusedBy(subject, () => take(subject, usualAsk(subject), accessOf(subject, { timeoutMs })));
}

async function expectTrouble(
  subject: Subject,
  fault: Fault,
  code: string,
  timeoutMs?: number,
): Promise<void> {
  const error = await refusedUnder(subject, fault, timeoutMs);
  expect([JSON.stringify(fault), error.code]).toEqual([JSON.stringify(fault), code]);
  expect(error.isRetryable).toBe(true);
}

const badKey: Claim = {
  title: 'a missing or a wrong key is a mistake, and the right one passes',
  async check(subject) {
    const { api, usual } = subject;
    const { apiKey: _, ...keyless } = accessOf(subject);
    const withKey = (apiKey: string) =>
      outcomeOf(subject, () => take(subject, usualAsk(subject), { ...keyless, apiKey }));
    expect(await withKey(rightKey)).toBe('rows');
    if (isLacking(api.badKey)) {
      expect(usual.key.need).toBe('none');
      expect(await withKey('whatever')).toBe('rows');
      return;
    }
    expect(usual.key.need).not.toBe('none');
    const without = await refusedBy(subject, () => take(subject, usualAsk(subject), keyless));
    expect([without.code, without.isRetryable, await withKey('a-wrong-key')]).toEqual([
      api.badKey,
      false,
      api.badKey,
    ]);
  },
};

const malformedKey: Claim = {
  title: 'a key that no header can carry is refused before anything is sent',
  async check(subject) {
    subject.stage.market.forgetRequests();
    for (const apiKey of ['', 'two words', 'line\nbreak', 'ключ']) {
      const error = await refusedBy(subject, () =>
        take(subject, usualAsk(subject), accessOf(subject, { apiKey })),
      );
      expect([apiKey, error.code]).toEqual([apiKey, 'KeyRefused']);
    }
    expect(subject.stage.market.requests).toEqual([]);
  },
};

const planRefusal: Claim = {
  title: 'what a plan or a place may not have is a mistake',
  async check(subject) {
    const { api, played } = subject;
    expect('notAuthorized' in played.api).toBe(!isLacking(api.planRefusal));
    if (isLacking(api.planRefusal)) return;
    const error = await refusedUnder(subject, { kind: 'not-authorized' });
    expect([error.code, error.isRetryable]).toEqual([api.planRefusal, false]);
  },
};

const limited: Claim = {
  title: 'a 429 is a limit whatever its body, and says how long to wait where the API does',
  async check(subject) {
    for (const body of ['json', 'text', 'html', 'empty'] as const) {
      const fault = { kind: 'status', status: 429, body } as const;
      await expectTrouble(subject, fault, 'RateLimited');
      const told = await refusedUnder(subject, { ...fault, retryAfterSeconds: 7 });
      expect([body, told.code, told.facts.retryAfterMs]).toEqual([body, 'RateLimited', 7_000]);
    }
    const untold = await refusedUnder(subject, { kind: 'status', status: 429 });
    expect(untold.facts.retryAfterMs).toBeUndefined();
  },
};

const ownLimit: Claim = {
  title: 'its own limit, in its own words, is a limit too',
  async check(subject) {
    await onMarket(subject, { limits: { [subject.source]: 1 }, coins: 20 }, async (_, access) => {
      const ask = usualAsk(subject);
      expect(await outcomeOf(subject, () => take(subject, ask, access))).toBe('rows');
      const error = await refusedBy(subject, () => take(subject, ask, access));
      expect([error.code, error.isRetryable]).toEqual(['RateLimited', true]);
      if (subject.played.api.saysRetryAfter === true) expect(error.facts.retryAfterMs).toBeGreaterThan(0);
    });
  },
};

const wrongShape: Claim = {
  title: 'a 200 with anything but its data is refused and tried again, its bytes kept',
  async check(subject) {
    for (const kind of ['wrong-shape', 'html'] as const) {
      await expectTrouble(subject, { kind }, 'WrongShape');
      const error = await refusedUnder(subject, { kind });
      expect(error.facts.body?.byteLength).toBeGreaterThan(0);
    }
  },
};

const truncated: Claim = {
  title: 'half an answer is no answer',
  async check(subject) {
    await expectTrouble(subject, { kind: 'truncated', cut: 'json' }, 'WrongShape');
    await expectTrouble(subject, { kind: 'truncated', cut: 'connection' }, 'SourceUnavailable');
  },
};

const outage: Claim = {
  title: 'an outage is tried again: 5xx, a dropped connection, an answer that does not come',
  async check(subject) {
    for (const body of ['json', 'html', 'empty'] as const)
      await expectTrouble(subject, { kind: 'status', status: 503, body }, 'SourceUnavailable');
    await expectTrouble(subject, { kind: 'status', status: 500 }, 'SourceUnavailable');
    await expectTrouble(subject, { kind: 'reset' }, 'SourceUnavailable');
    await expectTrouble(subject, { kind: 'slow', delayMs: 60_000 }, 'SourceUnavailable', 30);
  },
};

const cancelled: Claim = {
  title: 'a request that is called off ends with the reason it was called off for',
  async check(subject) {
    const reason = new Error('called off');
    const sent = (signal: AbortSignal): Promise<unknown> =>
      take(subject, usualAsk(subject), accessOf(subject, { signal }));
    await expect(sent(AbortSignal.abort(reason))).rejects.toBe(reason);
  },
};

const tooLarge: Claim = {
  title: 'an answer beyond the size that is allowed is not read to its end',
  async check(subject) {
    const error = await refusedBy(subject, () =>
      take(subject, usualAsk(subject), accessOf(subject, { maxBytes: 100 })),
    );
    expect([error.code, error.isRetryable]).toEqual(['RequestRefused', false]);
  },
};

/** What holds of every conversation with an API, whatever it is asked. */
export const conversationClaims: readonly Claim[] = [
  badKey,
  malformedKey,
  planRefusal,
  limited,
  ownLimit,
  wrongShape,
  truncated,
  outage,
  cancelled,
  tooLarge,
];
