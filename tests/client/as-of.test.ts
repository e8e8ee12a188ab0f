import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedInstant } from '../../client/as-of/instant.ts';
import { WrongUse } from '../../client/command/exit-code.ts';
import { restatedPlace } from './restated-place.ts';
import type { Place, Status } from './support.ts';

let place: Place;

beforeAll(async () => {
  place = (await restatedPlace()).place;
});
afterAll(() => place.remove());

const now = new Date('2026-11-20T12:00:00Z');
const range = ['--from', '2024-02-28', '--to', '2024-03-03'];

async function statesAsOf(...words: string[]): Promise<{ code: number | null; states: string[] }> {
  const { code, value } = await place.json<Status>('status', ...range, ...words);
  return { code, states: value.cells.map(({ state }) => state) };
}

describe('an instant', () => {
  it.each([
    ['2026-11-19T18:00:00Z', '2026-11-19T18:00:00.000Z'],
    ['2026-11-19T18:00Z', '2026-11-19T18:00:00.000Z'],
    ['2026-11-19T18:00:00+05:30', '2026-11-19T12:30:00.000Z'],
    ['2026-11-19', '2026-11-19T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T23:59:59.999Z'],
    ['2026-11-20', '2026-11-20T12:00:00.000Z'],
  ])('%s is read as %s', (text, expected) => {
    expect(checkedInstant('--as-of', text, now).toISOString()).toBe(expected);
  });

  it.each(['yesterday', '2026-11-19T18:00:00', '2026-02-29', '2026-11-19T25:00:00Z', '', '1700000000'])(
    '"%s" is none, and the refusal says how to write one',
    (text) => {
      expect(() => checkedInstant('--as-of', text, now)).toThrow(WrongUse);
      expect(() => checkedInstant('--as-of', text, now)).toThrow(/such as 2026-11-19T18:00:00Z/);
    },
  );

  it.each(['2026-11-20T12:00:01Z', '2026-11-21'])('%s lies in the future', (text) => {
    expect(() => checkedInstant('--as-of', text, now)).toThrow('lies in the future');
  });
});

describe('status --as-of', () => {
  it('shows cells as they stood: failed before they were mended, and a day that was not final as waiting', async () => {
    expect(await statesAsOf('--as-of', '2024-03-03T01:00:00Z')).toEqual({
      code: 1,
      states: ['published', 'failed', 'published', 'failed', 'waiting'],
    });
    expect((await statesAsOf('--as-of', '2024-03-04')).states).toEqual([
      'published',
      'published',
      'published',
      'published',
      'missing',
    ]);
  });

  it('draws the grid of that moment, names the instant, and does not offer to mend the past', async () => {
    const { out } = await place.run('status', ...range, '--as-of', '2024-03-03T01:00:00Z');
    expect(out).toContain('as of 2024-03-03T01:00:00.000Z');
    expect(out).toContain('2024-02-29 Thu  !');
    expect(out).toContain('the API was down');
    expect(out).not.toContain('mend it with');
  });

  it('ends at the newest day that was final then, unless told otherwise', async () => {
    const { value } = await place.json<Status & { to: string }>('status', '--as-of', '2024-03-02T12:00:00Z');
    expect(value.to).toBe('2024-03-01');
  });

  it('before the first publication ends with 2 and says since when the lake knows', async () => {
    const { code, out, error } = await place.run('status', '--as-of', '2024-02-28');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain('2024-02-29T00:30:00.000Z');
    expect(await place.json('status', '--as-of', '2024-02-28')).toMatchObject({
      value: { error: { code: 'NotKnownYet' } },
    });
  });

  it('leaves nothing behind', async () => {
    await place.run('status', '--as-of', '2024-03-04');
    expect(await readdir(join(place.lake, 'pending'))).toEqual([]);
  });
});
