import { isPartitionDate } from '../workflows/pure/cell.ts';
import type { ListedCoin } from './listed-coin.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import { checkDay, firstOf, rememberBatch, tickerOfMember, type MemberRows } from './snapshot.ts';
import type { Ask, Coverage, Members, RawPage, Resource, SnapshotAsk } from './source.ts';

/** What tells one API's list of coins from another's. */
export interface CoinListApi {
  /** The source's name. */
  readonly source: string;
  /** The resource's name, for messages. */
  readonly resource: string;
  /** The most rows a page can have; left out: one answer is the whole list. */
  readonly rowsOnPage?: number;
  /** Builds path and query of the page that begins after so many rows. */
  targetOf(rows: number, offset: number): string;
  readonly send: Resource['send'];
  /** Reads the coins of one answer in the order of their ranking. @throws SourceError `WrongShape`. */
  read(body: Uint8Array): readonly ListedCoin[];
}

/** Builds the snapshot of the first coins of a list, as they stand now. */
export function coinListResource(api: CoinListApi): Resource {
  const coinsOf = rememberPages((body, ask) => readOwnDay(api, body, snapshotAsk(api, ask)));
  const membersOf = (pages: readonly RawPage[], ask: Ask): Members =>
    firstOf(
      pages.flatMap(({ body }) => coinsOf(body, ask).map(({ id }) => id)),
      snapshotAsk(api, ask).top,
    );
  const rowsOf = rememberBatch((pages, askKey): MemberRows => {
    // Written by `rememberBatch` from the ask itself.
    const ask = JSON.parse(askKey) as Ask;
    const coins = pages.flatMap(({ body }) => coinsOf(body, ask));
    // From the last to the first, so that of a coin that came twice the first place counts.
    const byId = new Map(coins.toReversed().map((coin) => [coin.id, coin]));
    return new Map(
      membersOf(pages, ask).ids.flatMap((id, index) => {
        const coin = byId.get(id);
        return coin === undefined ? [] : [[tickerOfMember(id), { ...coin.row, rank: index + 1 }] as const];
      }),
    );
  });
  return {
    coverage: coverageOf(api),
    firstPage: (ask) => pageAfter(api, snapshotAsk(api, ask), 0),
    send: api.send,
    readPage: ({ body }, ask) => ({ rowCount: coinsOf(body, ask).length }),
    nextPage: (pages, ask) => {
      const wanted = snapshotAsk(api, ask);
      const lastPage = pages.at(-1);
      const lastCount = lastPage === undefined ? 0 : coinsOf(lastPage.body, ask).length;
      return isEnough(api, wanted.top, membersOf(pages, ask).ids.length, pages.length, lastCount)
        ? undefined
        : pageAfter(api, wanted, pages.length);
    },
    membersOf,
    rowsOfCell: (pages, ask, { ticker, date }) => {
      const row = snapshotAsk(api, ask).date === date ? rowsOf(pages, ask).get(ticker) : undefined;
      return row === undefined ? [] : [row];
    },
  };
}

function coverageOf({ rowsOnPage }: CoinListApi): Coverage {
  const paging = rowsOnPage === undefined ? {} : { rowsOnPage };
  return { maxRangeDays: null, rangeEndsToday: true, groupOf: () => null, isSnapshot: true, ...paging };
}

function readOwnDay(api: CoinListApi, body: Uint8Array, { date }: SnapshotAsk): readonly ListedCoin[] {
  const coins = api.read(body);
  const stamps = coins.map(({ stampMs }) => stampMs);
  checkDay(date, stamps, `an answer of ${api.source} ${api.resource}`, body);
  return coins;
}

/**
 * A coin that moved down between two requests comes twice and leaves a place open: one further page fills it. Only a
 * page without rows is the end, since one may come a row short and the ranking go on behind it.
 */
function isEnough(
  { rowsOnPage }: CoinListApi,
  top: number,
  found: number,
  pageCount: number,
  lastCount: number,
): boolean {
  if (rowsOnPage === undefined || found >= top) return true;
  return lastCount === 0 || pageCount > Math.ceil(top / rowsOnPage);
}

function pageAfter(api: CoinListApi, { top, date }: SnapshotAsk, pageCount: number): { target: string } {
  if (!Number.isInteger(top) || top < 1 || !isPartitionDate(date)) {
    throw cannotAsk(
      api.source,
      `no snapshot of the first ${top} on ${date}`,
      'Ask for 1 or more, on a date.',
    );
  }
  const rows = Math.min(api.rowsOnPage ?? top, top);
  return { target: api.targetOf(rows, pageCount * rows) };
}

function snapshotAsk({ source, resource }: CoinListApi, ask: Ask): SnapshotAsk {
  if (ask.kind === 'snapshot') return ask;
  throw cannotAsk(
    source,
    `${resource} is a snapshot and has no past`,
    'Take it under snapshots, or ask for a daily dataset.',
  );
}
