import { describe, expect, it } from 'vitest';
import { quotaWords } from '../../../client/plan/quota-standing.ts';
import { emptyLedger } from '../../../workflows/pure/quota/ledger.ts';
import { quotaLeft } from '../../../workflows/pure/quota/left.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const limits = { requestsPerMinute: 5, requestsPerDay: 8, requestsPerMonth: null, dailyShare: 3 };
const left = { source: 'massive', keyName: 'keyless', ...quotaLeft(emptyLedger, noon, limits) };

describe('what a plan says of quotas', () => {
  it('is what is left of each limit, and nothing of what has none', () => {
    expect(quotaWords({ left: [left] }, { massive: 5 })).toEqual([
      'massive: 5 of 5 this minute, 8 of 8 this day left',
    ]);
  });

  it('names the requests that must wait, since daily runs have their share', () => {
    expect(quotaWords({ left: [left] }, { massive: 7 })[0]).toContain(
      '3 a day are kept for daily runs, so that 2 wait for a later day',
    );
  });

  it('is that nobody knows, where no server answers', () => {
    expect(quotaWords({ left: [], unknown: 'Start one with npm start.' }, { massive: 1 })).toEqual([
      'what is left is not known: Start one with npm start.',
    ]);
  });
});
