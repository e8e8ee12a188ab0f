import { type PartitionDate, addDays, isPartitionDate, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { marketChart, newestClosedDay } from './coingecko-chart.ts';
import { currencyRate, isQuoteCurrency } from './currency.ts';
import type { Desk } from './desk.ts';
import { coingeckoError, coingeckoRefusal } from './refusals.ts';

/** Answers a request below CoinGecko's base. */
export function answerCoinGecko(question: Question, desk: Desk): Answer {
  const [family, name, detail, ...rest] = question.segments;
  if (rest.length === 0 && family === 'coins' && name !== undefined && detail !== undefined) {
    return answerCoin(name, detail, question, desk);
  }
  switch (question.segments.join('/')) {
    case 'ping':
      return jsonAnswer(200, { gecko_says: '(V3) To the Moon!' });
    case 'simple/price':
      return simplePrice(question, desk);
    case 'coins/list':
      return jsonAnswer(200, desk.book.list('crypto').map(nameRow));
    case 'coins/markets':
      return markets(question, desk);
    default:
      return notFound();
  }
}

function notFound(): Answer {
  return coingeckoError(404, 'Incorrect path. Please check the documentation.');
}

function answerCoin(id: string, detail: string, question: Question, desk: Desk): Answer {
  if (detail !== 'market_chart' && detail !== 'history') return notFound();
  const coin = desk.book.find('crypto', id);
  if (coin === undefined) return coingeckoError(404, 'coin not found');
  if (detail === 'history') return history(coin, question, desk);
  const currency = readCurrency(question, 'vs_currency');
  return typeof currency === 'string' ? marketChart(coin, currency, question, desk) : currency;
}

/** Reads a currency; gives the refusal where it is missing or not quoted. */
function readCurrency(question: Question, parameter: string): string | Answer {
  const currency = question.query.get(parameter)?.toLowerCase() ?? '';
  if (currency === '') return coingeckoError(422, `Missing parameter ${parameter}`);
  return isQuoteCurrency(currency) ? currency : coingeckoError(400, `invalid ${parameter}`);
}

function nameRow(coin: ListedAsset): { id: string; symbol: string; name: string } {
  return { id: coin.symbol, symbol: coin.code, name: `${coin.symbol} (synthetic)` };
}

/** The snapshot of a date's first instant, out 35 minutes after it. */
function history(coin: ListedAsset, question: Question, desk: Desk): Answer {
  const asked = question.query.get('date');
  if (asked === null) return coingeckoError(422, 'Missing parameter date');
  const date = asked.replace(/^(\d{2})-(\d{2})-(\d{4})$/, '$3-$2-$1');
  if (!isPartitionDate(date)) return coingeckoError(400, 'invalid date');
  const { coingeckoDays } = desk.history;
  const today = utcDateOf(desk.now.getTime());
  if (coingeckoDays !== null && date < addDays(today, -coingeckoDays)) {
    return coingeckoRefusal(401, 10012, desk.now);
  }
  const closed = addDays(date, -1);
  const bars = closed <= newestClosedDay(desk.now, 35) ? desk.tape.barsOf(coin, [closed]) : [];
  const [bar] = bars;
  if (bar === undefined) return jsonAnswer(200, nameRow(coin));
  const marketCap = typeof bar.close === 'number' ? Math.round(bar.close * coin.supply) : null;
  const data = {
    current_price: { usd: bar.close },
    market_cap: { usd: marketCap },
    total_volume: { usd: bar.volume },
  };
  return jsonAnswer(200, { ...nameRow(coin), market_data: data });
}

function currentPrice(coin: ListedAsset, currency: string, desk: Desk): number {
  return desk.book.priceAt(coin, desk.now.getTime()) / currencyRate(desk.book, currency, todayOf(desk));
}

function todayOf(desk: Desk): PartitionDate {
  return utcDateOf(desk.now.getTime());
}

function splitList(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function markets(question: Question, desk: Desk): Answer {
  const currency = readCurrency(question, 'vs_currency');
  if (typeof currency !== 'string') return currency;
  const perPage = Math.min(250, readCount(question, 'per_page', 100));
  const page = readCount(question, 'page', 1);
  const ids = splitList(question.query.get('ids'));
  const rows = desk.book
    .list('crypto')
    .filter((coin) => ids.length === 0 || ids.includes(coin.symbol))
    .map((coin) => marketRow(coin, currency, desk))
    .sort((left, right) => right.market_cap - left.market_cap);
  const headers = { total: String(rows.length), 'per-page': String(perPage) };
  return jsonAnswer(200, rows.slice((page - 1) * perPage, page * perPage), headers);
}

function readCount(question: Question, parameter: string, otherwise: number): number {
  const count = Number(question.query.get(parameter) ?? otherwise);
  return Number.isInteger(count) && count > 0 ? count : otherwise;
}

function marketRow(
  coin: ListedAsset,
  currency: string,
  desk: Desk,
): { [key: string]: Json; market_cap: number } {
  const price = currentPrice(coin, currency, desk);
  return {
    ...nameRow(coin),
    current_price: price,
    market_cap: Math.round(price * coin.supply),
    market_cap_rank: null,
    total_volume: coin.usualVolume,
    max_supply: null,
    roi: null,
    last_updated: desk.now.toISOString(),
  };
}

function simplePrice(question: Question, desk: Desk): Answer {
  const currencies = splitList(question.query.get('vs_currencies')).filter(isQuoteCurrency);
  if (!question.query.has('vs_currencies')) return coingeckoError(422, 'Missing parameter vs_currencies');
  const wantsTime = question.query.get('include_last_updated_at') === 'true';
  const entries = splitList(question.query.get('ids')).flatMap((id) => {
    const coin = desk.book.find('crypto', id);
    if (coin === undefined) return [];
    const prices = currencies.map((currency) => [currency, currentPrice(coin, currency, desk)] as const);
    const updated = wantsTime ? { last_updated_at: Math.floor(desk.now.getTime() / 1000) } : {};
    return [[id, { ...Object.fromEntries(prices), ...updated }] as const];
  });
  return jsonAnswer(200, Object.fromEntries(entries));
}
