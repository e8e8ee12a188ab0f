import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse } from '../../warehouse/build.ts';
import { ask, assets, everyDay, TinyLake } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const inputs = { assets: [assets.BTC], days: everyDay('BTC', '2024-02-01', '2024-02-08') };
const days = Array.from({ length: 8 }, (_, index) => `2024-02-0${index + 1}`);

/** A later record of a cell, as the index has it. */
function later(date: string, number: number, event: string, facts: Readonly<Record<string, string>>): string {
  const columns = Object.entries(facts).map(([name, sql]) => `${sql} as ${name}`);
  return `insert into cell_records by name select 'coingecko' as source, 'market_chart' as resource, 'BTC' as ticker,
    date '${date}' as date, ${number} as number, '${event}' as event,
    '${event === 'unchanged' ? 'published' : 'refused'}' as state, timestamptz '${date} 23:45:00+00' as recorded_at,
    'daily/x' as run, ${columns.join(', ')}`;
}

const acceptance = (until: string): string =>
  `acceptance_number = 2, acceptance_reason = 'a halt', accepted_until = ${until}`;
const own = { batch_id: `'batch-BTC'` };

/** Eight days: what was said of each after it was published. */
async function writeLake(close: number): Promise<void> {
  const [passed, good, timely, changed, over, other, again, withdrawn] = days;
  lake.closes(assets.BTC, days[0] ?? '', [1, close, 3, 4, 5, 6, 7, 8]).index(
    `update cell_records set content_sha256 = 'content-' || date`,
    `update cell_records set ${acceptance('null')} where date = date '${good}'`,
    `update cell_records set ${acceptance(`date '2024-12-31'`)} where date = date '${timely}'`,
    later(changed ?? '', 2, 'refused', { ...own, reason: `'a new rule'`, cause: `'contract'` }),
    later(over ?? '', 2, 'refused', {
      batch_id: `'b9'`,
      content_sha256: `'content-${over}'`,
      reason: `'it is over'`,
    }),
    later(other ?? '', 2, 'refused', {
      batch_id: `'b9'`,
      content_sha256: `'other'`,
      reason: `'another price'`,
    }),
    later(again ?? '', 2, 'refused', { ...own, reason: `'at first'` }),
    later(again ?? '', 3, 'unchanged', {
      batch_id: `'b9'`,
      acceptance_number: '2',
      acceptance_reason: `'then a halt'`,
    }),
    later(withdrawn ?? '', 2, 'withdrawn', { ...own, reason: `'a misprint'` }),
  );
  expect(passed).toBe('2024-02-01');
  await lake.write();
}

describe('a price says what was said last of its very content', () => {
  test('its audit passed, a person accepted it, or it is refused by now; other content says nothing of it', async () => {
    // A person may accept what no audit would pass: a close below zero.
    await writeLake(-2);
    await buildWarehouse(lake.inputs(inputs));
    const rows = await ask(
      lake.warehousePath,
      `select prices.audit_status, lineage.audit_reason, lineage.accepted_until
       from marts.fct_daily_prices as prices
       inner join metadata.lineage as lineage on prices.ticker = lineage.ticker and prices.price_date = lineage.price_date
       order by prices.price_date`,
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['PASSED', null, null],
      ['ACCEPTED', 'a halt', null],
      ['ACCEPTED', 'a halt', '2024-12-31'],
      ['REFUSED', 'a new rule', null],
      ['REFUSED', 'it is over', null],
      ['PASSED', null, null],
      ['ACCEPTED', 'then a halt', null],
      ['REFUSED', 'a misprint', null],
    ]);
  });

  test.each([
    ['fct_daily_prices_audit_status_is_known', `'ACCEPTED'`, `'BLESSED'`],
    ['fct_daily_prices_say_why_no_audit_passed_them', 'else judgements.acceptance_reason', 'else null'],
    ['fct_daily_prices_are_positive', `'ACCEPTED'`, `'PASSED'`],
  ])('%s notices a price that does not', async (name, from, to) => {
    await writeLake(-2);
    const mistake = { file: 'intermediate/int_market__judgements.sql', from: `${from}\n`, to: `${to}\n` };
    expect(await testsThatNotice(lake, inputs, mistake)).toContain(name);
  });
});
