import { isPartitionDate, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { coinpaprikaId, findCoinpaprika } from './coinpaprika-names.ts';
import { coinpaprikaError, coinpaprikaTooOld, refuseCoinpaprikaKey } from './coinpaprika-refusals.ts';
import { type CoinSnapshot, marketCapOf, rankCoins, supplyOf, tellCoins } from './coin-ranking.ts';
import { dayAverage } from './day-average.ts';
import { daysBegunIn } from './days-begun.ts';
import type { Desk } from './desk.ts';
import type { SampleApi } from './sample-api.ts';
import type { ToldBar } from './tape.ts';

const dayMs = 86_400_000;
const mostRows = 5000;
/** How many coins the free plan lists. */
const listedCoins = 2000;

/** CoinPaprika: coins, by their history and as a list; what is not known may be an empty text. */
export const coinpaprikaApi: SampleApi = {
  historyDays: 365,
  deviation: 0.0004,
  answer: answerCoinpaprika,
  refuseKey: refuseCoinpaprikaKey,
  errorAnswer: (status) => coinpaprikaError(status),
  notAuthorized: (_reason, { now }) => coinpaprikaTooOld(now),
};

function answerCoinpaprika(question: Question, desk: Desk): Answer {
  const [family, id, detail, ...rest] = question.segments;
  if (family !== 'tickers' || rest.length > 0) return coinpaprikaError(404, 'not found');
  if (id === undefined) return tickers(desk);
  const coin = findCoinpaprika(desk.book, id);
  if (coin === undefined) return coinpaprikaError(404);
  if (detail === undefined) return oneTicker(coin, desk);
  return detail === 'historical' ? historical(coin, question, desk) : coinpaprikaError(404, 'not found');
}

function tickers(desk: Desk): Answer {
  const coins = tellCoins(rankCoins(desk).slice(0, listedCoins), desk);
  // Its order is promised nowhere: here it is that of the ids, which no reader may take for a ranking.
  const rows = coins.sort((one, other) => (coinpaprikaId(one.coin) < coinpaprikaId(other.coin) ? -1 : 1));
  return jsonAnswer(
    200,
    rows.map((coin) => tickerRow(coin, desk)),
  );
}

function oneTicker(coin: ListedAsset, desk: Desk): Answer {
  const ranked = rankCoins(desk).filter((place) => place.coin.symbol === coin.symbol);
  const [row = null] = tellCoins(ranked, desk).map((told) => tickerRow(told, desk));
  return jsonAnswer(200, row);
}

function tickerRow({ coin, rank, bar, marketCap, priceDayAgo }: CoinSnapshot, desk: Desk): Json {
  const { circulating, total, max } = supplyOf(coin);
  const highest = desk.book.extremesUntil(coin, utcDateOf(desk.now.getTime())).highest;
  const change = typeof bar.close === 'number' ? (bar.close / priceDayAgo - 1) * 100 : '';
  return {
    id: coinpaprikaId(coin),
    name: `${coin.symbol} (synthetic)`,
    symbol: coin.code.toUpperCase(),
    rank: rank ?? 0,
    circulating_supply: circulating ?? '',
    total_supply: total ?? '',
    max_supply: max ?? 0,
    last_updated: secondOf(desk.now.getTime() - 43_000),
    quotes: {
      USD: {
        price: bar.close,
        volume_24h: bar.volume,
        market_cap: marketCap ?? '',
        percent_change_24h: typeof change === 'number' ? Math.round(change * 100) / 100 : change,
        ath_price: highest.price,
        ath_date: secondOf(midnightUtcMs(highest.date)),
      },
    },
  };
}

/** Writes an instant to the second, with its zone. */
function secondOf(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}

/** The days between two instants, each stamped with its beginning; the running one as far as it has come. */
function historical(coin: ListedAsset, question: Question, desk: Desk): Answer {
  const { query } = question;
  const nowMs = desk.now.getTime();
  const startMs = instantOf(query.get('start'));
  const endMs = instantOf(query.get('end') ?? String(Math.floor(nowMs / 1000)));
  const limit = Number(query.get('limit') ?? 1000);
  if (startMs === undefined || endMs === undefined) return coinpaprikaError(400, 'invalid start or end');
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRows)
    return coinpaprikaError(400, 'invalid limit');
  const refusal = refusePlan(startMs, query.get('interval') ?? '5m', desk);
  if (refusal !== undefined) return refusal;
  const dates = daysBegunIn(startMs, Math.min(endMs, nowMs)).slice(0, limit);
  const clipped = dates.slice(-(desk.take('clip')?.days ?? mostRows));
  const today = utcDateOf(nowMs);
  const over = desk.tape.barsOf(
    coin,
    clipped.filter((date) => date < today),
  );
  const running = clipped.includes(today) ? desk.tape.barUntil(coin, nowMs) : [];
  return jsonAnswer(
    200,
    [...over, ...running].map((bar) => historicalRow(coin, bar)),
  );
}

/** The free plan reaches back to an instant, not to a date, and gives days only. */
function refusePlan(startMs: number, interval: string, { historyDays, now }: Desk): Answer | undefined {
  if (interval !== '1d' && interval !== '24h') {
    return coinpaprikaError(402, `Interval ${interval} is not allowed in this plan.`);
  }
  if (historyDays === null) return undefined;
  const earliest = new Date(now.getTime() - historyDays * dayMs);
  return startMs < earliest.getTime() ? coinpaprikaTooOld(earliest) : undefined;
}

/** Reads a date, an instant or seconds since 1970. */
function instantOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{5,12}$/.test(text)) return Number(text) * 1000;
  const instantMs = isPartitionDate(text) ? midnightUtcMs(text) : Date.parse(text);
  return Number.isNaN(instantMs) ? undefined : instantMs;
}

function historicalRow(coin: ListedAsset, bar: ToldBar): Json {
  const price = dayAverage(bar);
  const marketCap = typeof price === 'number' ? marketCapOf(coin, price) : null;
  return {
    timestamp: secondOf(midnightUtcMs(bar.date)),
    price,
    volume_24h: bar.volume,
    market_cap: marketCap ?? '',
  };
}
