import { type PartitionDate, addDays, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { inCurrency } from './coingecko-words.ts';
import { currencyRate } from './currency.ts';
import type { Desk } from './desk.ts';
import { firstDay } from './price-book.ts';
import { draw, hashText } from './random.ts';
import { coingeckoError, coingeckoRefusal } from './coingecko-refusals.ts';
import type { ToldValue } from './tape.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** A point of the chart: an instant, and the price, market value and turnover at it. */
interface Point {
  readonly atMs: number;
  readonly price: ToldValue;
  readonly marketCap: number | null;
  readonly turnover: ToldValue;
}

/** Answers /coins/{id}/market_chart. */
export function marketChart(coin: ListedAsset, currency: string, question: Question, desk: Desk): Answer {
  const asked = question.query.get('days');
  const interval = question.query.get('interval') ?? '';
  if (asked === null) return coingeckoError(422, 'Missing parameter days');
  if (!/^(max|[1-9]\d{0,5})$/.test(asked)) return coingeckoError(400, 'invalid days');
  if (interval !== '' && interval !== 'daily') return coingeckoRefusal(401, 10005, desk.now);
  const wantedDays = asked === 'max' ? Infinity : Number(asked);
  const { historyDays } = desk;
  if (historyDays !== null && wantedDays > historyDays) return coingeckoRefusal(401, 10012, desk.now);
  const days = Math.min(wantedDays, desk.take('clip')?.days ?? Infinity);
  const stepMinutes = interval === 'daily' || wantedDays > 90 ? null : wantedDays === 1 ? 5 : 60;
  const points =
    stepMinutes === null
      ? midnightPoints(coin, currency, days, desk)
      : irregularPoints(coin, currency, days, stepMinutes, desk);
  return jsonAnswer(200, chartBody([...points, nowPoint(coin, currency, desk)]));
}

function chartBody(points: readonly Point[]): Record<string, [number, ToldValue][]> {
  return {
    prices: points.map((point) => [point.atMs, point.price]),
    market_caps: points.map((point) => [point.atMs, point.marketCap]),
    total_volumes: points.map((point) => [point.atMs, point.turnover]),
  };
}

/**
 * Lists the newest midnight that is out at an instant, as the day it closes: a point stamped D 00:00 is the
 * close of D-1, and it is out `delayMinutes` after midnight.
 */
export function newestClosedDay(now: Date, delayMinutes: number): PartitionDate {
  return addDays(utcDateOf(now.getTime() - delayMinutes * minuteMs), -1);
}

/** The midnights of the last `days` days, today's included once it is out. */
function midnightPoints(coin: ListedAsset, currency: string, days: number, desk: Desk): Point[] {
  const today = utcDateOf(desk.now.getTime());
  const newest = newestClosedDay(desk.now, 10);
  const dates: PartitionDate[] = [];
  for (let date = newest; date >= firstDay && daysBefore(today, date) <= days; date = addDays(date, -1)) {
    dates.unshift(date);
  }
  return desk.tape.barsOf(coin, dates).map((bar) => {
    const rate = currencyRate(desk.book, currency, bar.date);
    return {
      atMs: midnightUtcMs(bar.date) + dayMs,
      price: inCurrency(bar.close, rate),
      marketCap: marketCapOf(coin, bar.close, rate, bar.date),
      turnover: inCurrency(bar.volume, rate),
    };
  });
}

function daysBefore(today: PartitionDate, date: PartitionDate): number {
  return (midnightUtcMs(today) - midnightUtcMs(date)) / dayMs;
}

/** Points at steps of minutes, each a little past its minute: nobody may join on equal instants. */
function irregularPoints(
  coin: ListedAsset,
  currency: string,
  days: number,
  step: number,
  desk: Desk,
): Point[] {
  const stepMs = step * minuteMs;
  const startMs = desk.now.getTime() - days * dayMs;
  const points: Point[] = [];
  for (
    let alignedMs = Math.ceil(startMs / stepMs) * stepMs;
    alignedMs < desk.now.getTime();
    alignedMs += stepMs
  ) {
    const lateMs = 1_000 + Math.floor(draw(hashText(coin.symbol), alignedMs / minuteMs, 0) * stepMs * 0.2);
    if (alignedMs + lateMs < desk.now.getTime()) {
      points.push(pointAt(coin, currency, alignedMs + lateMs, desk));
    }
  }
  return points;
}

/** The last, irregular point: what was known some seconds ago. It never lies on a midnight. */
function nowPoint(coin: ListedAsset, currency: string, desk: Desk): Point {
  const atMs = desk.now.getTime() - 37_123;
  return pointAt(coin, currency, atMs % dayMs === 0 ? atMs - 1 : atMs, desk);
}

function pointAt(coin: ListedAsset, currency: string, atMs: number, desk: Desk): Point {
  const date = utcDateOf(atMs);
  const rate = currencyRate(desk.book, currency, date);
  const price = desk.tape.priceAt(coin, atMs);
  return {
    atMs,
    price: price / rate,
    marketCap: marketCapOf(coin, price, rate, date),
    turnover: coin.usualVolume / rate,
  };
}

/** The market value; on a few days the market does not know it. */
function marketCapOf(coin: ListedAsset, price: ToldValue, rate: number, date: PartitionDate): number | null {
  const isUnknown = draw(hashText(coin.symbol), midnightUtcMs(date) / dayMs, 1) < 0.02;
  return typeof price !== 'number' || isUnknown ? null : Math.round((price * coin.supply) / rate);
}
