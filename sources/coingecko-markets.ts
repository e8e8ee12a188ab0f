import { z } from 'zod';
import { isPartitionDate } from '../workflows/pure/cell.ts';
import { listOf, marketNumber, readJson } from './read-json.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import { checkDay, firstOf, rememberBatch, tickerOfMember, type MemberRows } from './snapshot.ts';
import type { Ask, Members, PageRequest, RawPage, Resource, SnapshotAsk, SourceRow } from './source.ts';

const name = 'coingecko';
const what = 'a page of coingecko markets';
/** The API's own maximum; without `per_page` it gives 100 and says nothing. */
const rowsOnPage = 250;

const amount = marketNumber.optional();
const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'expected an instant')
  .nullish();

/** Nearly every number may be null, the price too; some plans leave fields out. */
const marketRow = z.object({
  id: z.string().min(1),
  symbol: z.string().nullish(),
  name: z.string().nullish(),
  current_price: amount,
  market_cap: amount,
  market_cap_rank: amount,
  fully_diluted_valuation: amount,
  total_volume: amount,
  high_24h: amount,
  low_24h: amount,
  price_change_percentage_24h: amount,
  circulating_supply: amount,
  total_supply: amount,
  max_supply: amount,
  ath: amount,
  ath_date: instant,
  atl: amount,
  atl_date: instant,
  last_updated: instant,
});

type MarketRow = z.output<typeof marketRow>;

/** The largest coins by market capitalisation, as they stand now. */
export function marketsResource(send: Resource['send']): Resource {
  const rowsOf = rememberPages(readMarkets);
  const membersOf = (pages: readonly RawPage[], ask: Ask): Members =>
    firstOf(
      pages.flatMap(({ body }) => rowsOf(body, ask).map(({ id }) => id)),
      snapshotAsk(ask).top,
    );
  const memberRows = rememberBatch((pages, askKey): MemberRows => {
    // Written by `rememberBatch` from the ask itself.
    const ask = JSON.parse(askKey) as Ask;
    const byId = new Map<string, MarketRow>();
    for (const { body } of pages)
      for (const row of rowsOf(body, ask)) if (!byId.has(row.id)) byId.set(row.id, row);
    return new Map(
      membersOf(pages, ask).ids.flatMap((id, index) => {
        const row = byId.get(id);
        return row === undefined ? [] : [[tickerOfMember(id), cellRow(row, index + 1)] as const];
      }),
    );
  });
  return {
    coverage: { maxRangeDays: null, rangeEndsToday: true, groupOf: () => null, isSnapshot: true, rowsOnPage },
    firstPage: (ask) => pageRequest(snapshotAsk(ask), 1),
    send,
    readPage: ({ body }, ask) => ({ rowCount: rowsOf(body, ask).length }),
    nextPage: (pages, ask) => {
      const { top } = snapshotAsk(ask);
      const lastCount = rowsOf(pages.at(-1)?.body ?? new Uint8Array(), ask).length;
      return isEnough(membersOf(pages, ask), pages.length, lastCount, top)
        ? undefined
        : pageRequest(snapshotAsk(ask), pages.length + 1);
    },
    membersOf,
    rowsOfCell: (pages, ask, { ticker, date }) => {
      const row = snapshotAsk(ask).date === date ? memberRows(pages, ask).get(ticker) : undefined;
      return row === undefined ? [] : [row];
    },
  };
}

/**
 * A coin that moved down between two requests comes twice and leaves a place open: one further page fills it. Only a
 * page without rows is the end, since one may come a row short and the ranking go on behind it.
 */
function isEnough(members: Members, pageCount: number, lastCount: number, top: number): boolean {
  return lastCount === 0 || members.ids.length >= top || pageCount > Math.ceil(top / rowsOnPage);
}

function pageRequest({ top, date }: SnapshotAsk, page: number): PageRequest {
  if (!Number.isInteger(top) || top < 1 || !isPartitionDate(date))
    throw cannotAsk(name, `no snapshot of the first ${top} on ${date}`, 'Ask for 1 or more, on a date.');
  const count = Math.min(rowsOnPage, top);
  return {
    target: `/coins/markets?vs_currency=usd&order=market_cap_desc&per_page=${count}&page=${page}&precision=full`,
  };
}

function snapshotAsk(ask: Ask): SnapshotAsk {
  if (ask.kind === 'snapshot') return ask;
  throw cannotAsk(
    name,
    'markets is a snapshot and has no past',
    'Take it from market_chart, or under snapshots.',
  );
}

function readMarkets(body: Uint8Array, ask: Ask): readonly MarketRow[] {
  const rows = readJson(body, listOf(marketRow), what);
  const stamps = rows.map(({ last_updated: at }) => (typeof at === 'string' ? Date.parse(at) : null));
  checkDay(snapshotAsk(ask).date, stamps, what, body);
  return rows;
}

function cellRow(row: MarketRow, rank: number): SourceRow {
  return {
    coin_id: row.id,
    coin_symbol: row.symbol ?? null,
    coin_name: row.name ?? null,
    rank,
    market_cap_rank: row.market_cap_rank ?? null,
    price: row.current_price ?? null,
    market_cap: row.market_cap ?? null,
    fully_diluted_valuation: row.fully_diluted_valuation ?? null,
    volume: row.total_volume ?? null,
    high_24h: row.high_24h ?? null,
    low_24h: row.low_24h ?? null,
    change_24h_pct: row.price_change_percentage_24h ?? null,
    circulating_supply: row.circulating_supply ?? null,
    total_supply: row.total_supply ?? null,
    max_supply: row.max_supply ?? null,
    ath: row.ath ?? null,
    ath_at: row.ath_date ?? null,
    atl: row.atl ?? null,
    atl_at: row.atl_date ?? null,
    last_updated: row.last_updated ?? null,
  };
}
