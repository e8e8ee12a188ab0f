import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lake/json.ts';
import type { WarehouseDifference } from '../../warehouse/diff/difference.ts';
import { restatedPlace } from './restated-place.ts';
import type { Place } from './support.ts';

let place: Place;
let warehouse: string;

beforeAll(async () => {
  place = (await restatedPlace()).place;
  warehouse = join(place.lake, 'warehouse.duckdb');
});
afterAll(() => place.remove());

type Told = WarehouseDifference & { readonly isSame: boolean; readonly words: string };

describe('diff', () => {
  it('of an instant and now says what was restated since, in the words of the market, and ends with 1', async () => {
    const { code, out } = await place.run('diff', '2024-03-03', 'now');
    expect(code).toBe(1);
    const [head, words] = out.split('\n');
    expect(head).toBe('from 2024-03-03T23:59:59.999Z to now:');
    expect(words).toMatch(/^1 close changed, 1 ticker, largest 4 %; 2 closes added; \d+ models differ$/);
    expect(out).toContain('marts.fct_daily_prices: 1 row added, 2 rows changed');
    expect(out).toMatch(/BTC 2024-02-28: .*close 100\.0 → 104\.0/);
  });

  it('as JSON has every changed value of its examples, old and new', async () => {
    const { code, value } = await place.json<Told>('diff', '2024-03-03', 'now', '--examples', '1');
    expect({ code, isSame: value.isSame, closes: value.closes }).toEqual({
      code: 1,
      isSame: false,
      closes: {
        added: 2,
        removed: 0,
        changed: 1,
        tickersChanged: 1,
        largestPct: expect.closeTo(4, 9) as number,
      },
    });
    const prices = value.models.find(({ model }) => model === 'marts.fct_daily_prices');
    expect(prices?.examples).toHaveLength(1);
    expect(prices?.examples[0]).toMatchObject({
      key: { ticker: 'BTC', price_date: '2024-02-28' },
      values: expect.arrayContaining([
        { column: 'close', before: '100.0', after: '104.0' },
        { column: 'batch_id', before: 'batch-1', after: 'batch-3' },
      ]) as unknown,
    });
  });

  it('of now and an instant after the last record finds nothing, and ends with 0', async () => {
    const { code, out } = await place.run('diff', 'now', '2024-03-04T09:00:00Z');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'from now to 2024-03-04T09:00:00.000Z:\nnothing differs\n',
    });
  });

  it('of two files needs no lake, changes neither, and tells both ways round', async () => {
    const copy = join(place.config, '..', 'copy.duckdb');
    await copyFile(warehouse, copy);
    const before = sha256(await readFile(warehouse));
    expect(await place.json<Told>('diff', copy, warehouse)).toMatchObject({
      code: 0,
      value: { isSame: true, words: 'nothing differs', models: [] },
    });
    expect(sha256(await readFile(warehouse))).toBe(before);
    const back = await place.json<Told>('diff', 'now', '2024-03-03');
    expect(back.value.words).toMatch(/^1 close changed, 1 ticker, largest 3\.8 %; 2 closes removed; /);
  });

  it('leaves nothing behind', async () => {
    await place.run('diff', '2024-03-03', 'now');
    expect(await readdir(join(place.lake, 'pending'))).toEqual([]);
  });

  it('of what is no warehouse ends with 3 and names the file', async () => {
    const spoilt = join(place.config, '..', 'spoilt.duckdb');
    await writeFile(spoilt, 'not a warehouse');
    const { code, error } = await place.run('diff', spoilt, 'now');
    expect({ code, error }).toEqual({ code: 3, error: expect.stringContaining(spoilt) as string });
  });

  it.each([
    [['yesterday', 'now'], 'no warehouse file, no instant and not "now"'],
    [['2024-02-28', 'now'], '2024-02-29T00:30:00.000Z'],
    [['2099-01-01', 'now'], 'lies in the future'],
    [['now'], "missing required argument 'after'"],
    [['now', 'now', '--examples', 'x'], 'Write a whole number'],
  ])('%j is wrong use', async (words, sentence) => {
    const { code, error } = await place.run('diff', ...words);
    expect(code).toBe(2);
    expect(error).toContain(sentence);
  });
});
