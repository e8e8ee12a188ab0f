import { type PartitionDate, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { coincapId, findCoincap } from './coincap-names.ts';
import { coincapError, coincapSwitchedOff, refuseCoincapKey } from './coincap-refusals.ts';
import { type CoinSnapshot, cutPage, rankCoins, supplyOf, tellCoins } from './coin-ranking.ts';
import { dayAverage } from './day-average.ts';
import { daysBegunIn } from './days-begun.ts';
import type { Desk } from './desk.ts';
import { firstDay } from './price-book.ts';
import type { SampleApi } from './sample-api.ts';
import type { ToldValue } from './tape.ts';

const mostRows = 2000;

/** CoinCap: coins, by their history and as a list; its numbers are texts. */
export const coincapApi: SampleApi = {
  historyDays: null,
  deviation: 0.0004,
  answer: answerCoincap,
  refuseKey: refuseCoincapKey,
  errorAnswer: (status, occasion) => coincapError(status, `The service answered ${status}.`, occasion),
  notAuthorized: (_reason, occasion) => coincapError(403, 'Your plan does not give this.', occasion),
  wrongShape: coincapSwitchedOff,
};

function answerCoincap(question: Question, desk: Desk): Answer {
  const [family, id, detail, ...rest] = question.segments;
  if (family !== 'assets' || rest.length > 0) return coincapError(404, 'Not found.', desk);
  if (id === undefined) return assets(question, desk);
  const coin = findCoincap(desk.book, id);
  if (coin === undefined) return coincapError(404, `${id} not found`, desk);
  if (detail === undefined) return oneAsset(coin, desk);
  return detail === 'history' ? history(coin, question, desk) : coincapError(404, 'Not found.', desk);
}

function assets(question: Question, desk: Desk): Answer {
  const limit = readCount(question, 'limit', 100);
  const offset = readCount(question, 'offset', 0);
  if (limit === undefined || offset === undefined || limit > mostRows) {
    return coincapError(400, `limit is at most ${mostRows}, offset is a count`, desk);
  }
  const coins = tellCoins(cutPage(rankCoins(desk), offset, limit, desk), desk);
  return jsonAnswer(200, { data: coins.map(assetRow), timestamp: desk.now.getTime() });
}

function readCount(question: Question, parameter: string, otherwise: number): number | undefined {
  const text = question.query.get(parameter) ?? String(otherwise);
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function oneAsset(coin: ListedAsset, desk: Desk): Answer {
  const ranked = rankCoins(desk).filter((place) => place.coin.symbol === coin.symbol);
  const [row = null] = tellCoins(ranked, desk).map(assetRow);
  return jsonAnswer(200, { data: row, timestamp: desk.now.getTime() });
}

function assetRow({ coin, rank, bar, marketCap, priceDayAgo }: CoinSnapshot): Json {
  const { circulating, max } = supplyOf(coin);
  const change = typeof bar.close === 'number' ? (bar.close / priceDayAgo - 1) * 100 : null;
  return {
    id: coincapId(coin),
    rank: rank === null ? null : String(rank),
    symbol: coin.code.toUpperCase(),
    name: `${coin.symbol} (synthetic)`,
    supply: decimalText(circulating),
    maxSupply: decimalText(max),
    marketCapUsd: decimalText(marketCap),
    volumeUsd24Hr: decimalText(bar.volume),
    priceUsd: decimalText(bar.close),
    changePercent24Hr: decimalText(change),
    vwap24Hr: decimalText(dayAverage(bar)),
    explorer: null,
  };
}

/** The days between two instants, each stamped with its beginning; the running one as far as it has come. */
function history(coin: ListedAsset, question: Question, desk: Desk): Answer {
  const { query } = question;
  const [start, end] = [query.get('start'), query.get('end')];
  if ((start === null) !== (end === null)) return coincapError(400, 'start and end come together', desk);
  if (query.get('interval') !== 'd1') return coincapError(400, 'only interval d1 is played here', desk);
  const nowMs = desk.now.getTime();
  const fromMs = start === null ? midnightUtcMs(firstDay) : Number(start);
  const toMs = end === null ? nowMs : Number(end);
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(toMs) || fromMs > toMs) {
    return coincapError(400, 'start and end are milliseconds, in their order', desk);
  }
  const dates = daysBegunIn(fromMs, Math.min(toMs, nowMs)).slice(-mostRows);
  const clipped = dates.slice(-(desk.take('clip')?.days ?? mostRows));
  return jsonAnswer(200, { data: historyRows(coin, clipped, desk), timestamp: nowMs });
}

function historyRows(coin: ListedAsset, dates: readonly PartitionDate[], desk: Desk): Json[] {
  const nowMs = desk.now.getTime();
  const today = utcDateOf(nowMs);
  const over = dates.filter((date) => date < today);
  const running = dates.includes(today) ? desk.tape.barUntil(coin, nowMs) : [];
  return [...desk.tape.barsOf(coin, over), ...running].map((bar) => {
    const time = midnightUtcMs(bar.date);
    return { priceUsd: decimalText(dayAverage(bar)), time, date: new Date(time).toISOString() };
  });
}

/** Writes a number as a text with as many decimals as keep it; what was told as null or a text stays that. */
function decimalText(value: ToldValue): string | null {
  if (typeof value !== 'number') return value;
  return value.toFixed(Math.abs(value) < 1 ? 20 : 16);
}
