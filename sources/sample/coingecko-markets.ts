import { addDays } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type JsonObject, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { coinName, dollarsPerUnit, inCurrency, splitList } from './coingecko-words.ts';
import { coingeckoError } from './coingecko-refusals.ts';
import {
  type CoinSnapshot,
  type RankedCoin,
  cutPage,
  rankCoins,
  supplyOf,
  tellCoins,
} from './coin-ranking.ts';
import type { Desk } from './desk.ts';
import type { DatedPrice } from './price-book.ts';

const hourMs = 3_600_000;
const mostRows = 250;

/** The orders a market list comes in; each says which of two coins stands first. */
const orders: Readonly<Record<string, (left: RankedCoin, right: RankedCoin) => number>> = {
  market_cap_desc: () => 0,
  market_cap_asc: (left, right) => (left.marketCap ?? 0) - (right.marketCap ?? 0),
  volume_desc: (left, right) => right.coin.usualVolume - left.coin.usualVolume,
  volume_asc: (left, right) => left.coin.usualVolume - right.coin.usualVolume,
  id_asc: (left, right) => (left.coin.symbol < right.coin.symbol ? -1 : 1),
  id_desc: (left, right) => (left.coin.symbol < right.coin.symbol ? 1 : -1),
};

const spansMs: Readonly<Record<string, number>> = {
  '1h': hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '14d': 14 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
  '200d': 200 * 24 * hourMs,
  '1y': 365 * 24 * hourMs,
};

/** Answers /coins/markets: one page of the ranking of this instant, as a bare list. */
export function coinMarkets(currency: string, question: Question, desk: Desk): Answer {
  const { query } = question;
  const order = orders[query.get('order') ?? 'market_cap_desc'];
  if (order === undefined) return coingeckoError(400, 'invalid order');
  if (query.has('category')) return coingeckoError(404, 'The sample market has no categories.');
  const perPage = Math.min(mostRows, readCount(query.get('per_page'), 100));
  const page = readCount(query.get('page'), 1);
  const ranking = rankCoins(desk)
    .filter(({ coin }) => isWanted(coin, query))
    .sort(order);
  const told = tellCoins(cutPage(ranking, (page - 1) * perPage, perPage, desk), desk);
  const rows = told.map((coin) => marketRow(coin, currency, question, desk));
  const headers = {
    total: String(ranking.length),
    'per-page': String(perPage),
    link: linksOf(query, page, Math.ceil(ranking.length / perPage), desk),
  };
  return jsonAnswer(200, rows, headers);
}

/** Says where the next and the last page are; on the last one only where the first is. */
function linksOf(query: URLSearchParams, page: number, pages: number, desk: Desk): string {
  const link = (rel: string, to: number): string => {
    const asked = new URLSearchParams([...query].filter(([name]) => !/key/i.test(name)));
    asked.set('page', String(to));
    return `<${desk.toldBaseUrl}/coins/markets?${asked.toString()}>; rel="${rel}"`;
  };
  return page < pages ? `${link('next', page + 1)}, ${link('last', pages)}` : link('first', 1);
}

function readCount(text: string | null, otherwise: number): number {
  const count = Number(text ?? otherwise);
  return Number.isInteger(count) && count > 0 ? count : otherwise;
}

/** Tells whether a list is to hold a coin: of several filters, ids go before names and names before symbols. */
function isWanted(coin: ListedAsset, query: URLSearchParams): boolean {
  const ids = splitList(query.get('ids'));
  if (ids.length > 0) return ids.includes(coin.symbol);
  const names = splitList(query.get('names'));
  if (names.length > 0) return names.includes(coinName(coin));
  const codes = splitList(query.get('symbols'));
  return codes.length === 0 || codes.includes(coin.code);
}

function marketRow(told: CoinSnapshot, currency: string, question: Question, desk: Desk): JsonObject {
  const { coin, rank, bar } = told;
  const rate = dollarsPerUnit(currency, desk);
  const price = inCurrency(bar.close, rate);
  const money = (dollars: number | null): number | null =>
    dollars === null ? null : Math.round(dollars / rate);
  const supply = supplyOf(coin);
  const { highest, lowest } = extremesOf(told, desk);
  return {
    id: coin.symbol,
    symbol: coin.code,
    name: coinName(coin),
    image: `${desk.toldBaseUrl}/images/${coin.symbol}.png`,
    current_price: price,
    market_cap: money(told.marketCap),
    market_cap_rank: rank,
    fully_diluted_valuation:
      supply.max === null || typeof price !== 'number' ? null : Math.round(price * supply.max),
    total_volume: inCurrency(bar.volume, rate),
    high_24h: inCurrency(bar.high, rate),
    low_24h: inCurrency(bar.low, rate),
    ...dayChanges(told, rate),
    circulating_supply: supply.circulating,
    total_supply: supply.total,
    max_supply: supply.max,
    ...extreme('ath', highest, price, rate),
    ...extreme('atl', lowest, price, rate),
    roi: null,
    last_updated: desk.now.toISOString(),
    ...longerChanges(told, question.query, desk),
    ...sparkline(coin, rate, question.query, desk),
  };
}

function dayChanges({ bar, coin, priceDayAgo, marketCap }: CoinSnapshot, rate: number): JsonObject {
  const price = typeof bar.close === 'number' ? bar.close : null;
  const capDayAgo = priceDayAgo * coin.supply;
  const percent = percentOf(price, priceDayAgo);
  return {
    price_change_24h: price === null ? null : (price - priceDayAgo) / rate,
    price_change_percentage_24h: percent,
    market_cap_change_24h: marketCap === null ? null : (marketCap - capDayAgo) / rate,
    market_cap_change_percentage_24h: percentOf(marketCap, capDayAgo),
  };
}

function percentOf(value: Json, before: number): number | null {
  return typeof value === 'number' && before > 0 ? ((value - before) / before) * 100 : null;
}

/** A price that was never passed, and the instant at which it stood. */
interface Extreme {
  readonly price: number;
  readonly at: string;
}

/** The highest and the lowest of all closes so far and of now: today's close is not known yet. */
function extremesOf({ coin, price, bar }: CoinSnapshot, desk: Desk): { highest: Extreme; lowest: Extreme } {
  const past = desk.book.extremesUntil(coin, addDays(bar.date, -1));
  const closed = ({ price: close, date }: DatedPrice): Extreme => ({
    price: close,
    at: `${addDays(date, 1)}T00:00:00.000Z`,
  });
  const now: Extreme = { price, at: desk.now.toISOString() };
  return {
    highest: price > past.highest.price ? now : closed(past.highest),
    lowest: price < past.lowest.price ? now : closed(past.lowest),
  };
}

function extreme(name: 'ath' | 'atl', { price, at }: Extreme, now: Json, rate: number): JsonObject {
  return {
    [name]: price / rate,
    [`${name}_change_percentage`]: percentOf(now, price / rate),
    [`${name}_date`]: at,
  };
}

/** The changes over other spans, where they are asked for; a span that does not exist is passed over. */
function longerChanges({ coin, bar }: CoinSnapshot, query: URLSearchParams, desk: Desk): JsonObject {
  const asked = splitList(query.get('price_change_percentage')).filter((span) =>
    Object.hasOwn(spansMs, span),
  );
  const changes = asked.map((span) => {
    const before = desk.tape.priceAt(coin, desk.now.getTime() - (spansMs[span] ?? 0));
    return [`price_change_percentage_${span}_in_currency`, percentOf(bar.close, before)] as const;
  });
  return Object.fromEntries(changes);
}

function sparkline(coin: ListedAsset, rate: number, query: URLSearchParams, desk: Desk): JsonObject {
  if (query.get('sparkline') !== 'true') return {};
  const hours = Array.from({ length: 168 }, (_, index) => desk.now.getTime() - (167 - index) * hourMs);
  return { sparkline_in_7d: { price: hours.map((atMs) => desk.tape.priceAt(coin, atMs) / rate) } };
}
