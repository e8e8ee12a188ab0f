import { describe, expect, it } from 'vitest';
import { verdictLine, type Counted } from '../../chaos/demo-words.ts';
import { askedAgain, targetOf, type MarketRequest } from '../../chaos/market-requests.ts';
import { seededRandom } from '../../chaos/random.ts';

describe('what a round draws', () => {
  const drawn = (seed: number, round: number): unknown[] => {
    const random = seededRandom(seed, round);
    return [
      random.shuffled(['a', 'b', 'c', 'd', 'e']),
      random.between(2, 5),
      random.oneOf([1, 2, 3]),
      random.next(),
    ];
  };

  it('is the same for the same seed and round, and other for another of either', () => {
    expect(drawn(7, 1)).toEqual(drawn(7, 1));
    expect(drawn(7, 1)).not.toEqual(drawn(7, 2));
    expect(drawn(7, 1)).not.toEqual(drawn(8, 1));
  });

  it('loses nothing that is shuffled, and stays between its bounds', () => {
    const random = seededRandom(3, 1);
    for (let turn = 0; turn < 100; turn += 1) {
      expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
      const number = random.between(2, 5);
      expect(number >= 2 && number < 5).toBe(true);
    }
  });
});

const request = (path: string, query: Record<string, string> = {}): MarketRequest => ({
  at: '2026-01-05T00:00:00.000Z',
  path,
  query,
  status: 200,
});

describe('a request', () => {
  it('is told as a manifest tells it, below the folder of its API', () => {
    expect(targetOf(request('/massive/v2/aggs/x', { cursor: 'b3Bh==' }))).toBe(
      '/v2/aggs/x?cursor=b3Bh%3D%3D',
    );
    expect(targetOf(request('/coingecko/api/v3/coins/y'))).toBe('/coins/y');
  });

  it('is asked again where path and query were asked before, and not where one of them differs', () => {
    const first = request('/massive/a', { page: '1' });
    expect(
      askedAgain([first, request('/massive/a', { page: '2' }), request('/massive/b', { page: '1' })]),
    ).toEqual([]);
    expect(askedAgain([first, request('/massive/b'), first])).toEqual(['/a?page=1']);
  });
});

describe('the last line of the demonstration', () => {
  const good: Counted = {
    todo: 470,
    published: 236,
    publishedInTheEnd: 470,
    requests: 7,
    requestsAfter: 0,
    repeated: 0,
    laps: 100,
    filesSeen: 470,
    complaints: [],
  };

  it('says what was counted, good or bad', () => {
    expect(verdictLine(good)).toBe('resumed; 0 requests repeated, 0 partial files seen');
    expect(verdictLine({ ...good, repeated: 2, complaints: ['it is not whole'] })).toBe(
      'resumed; 2 requests repeated, 1 partial files seen',
    );
    expect(verdictLine({ ...good, publishedInTheEnd: 469 })).toMatch(/^not resumed;/);
  });
});
