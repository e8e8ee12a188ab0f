import { addDays, isPartitionDate, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, isList, isObject, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import { marketChart, newestClosedDay } from './coingecko-chart.ts';
import { coinMarkets } from './coingecko-markets.ts';
import {
  coingeckoError,
  coingeckoRefusal,
  coingeckoStatus,
  refuseCoinGeckoKey,
} from './coingecko-refusals.ts';
import { coinName, dollarsPerUnit, splitList } from './coingecko-words.ts';
import { isQuoteCurrency } from './currency.ts';
import type { Desk } from './desk.ts';
import type { BodyFaultKind } from './faults.ts';
import type { SampleApi } from './sample-api.ts';

/** CoinGecko: the host of the demo plan, or of the paid one where the market is told `plans: { coingecko: 'pro' }`. */
export const coingeckoApi: SampleApi = {
  historyDays: 365,
  saysRetryAfter: true,
  answer: answerCoinGecko,
  refuseKey: refuseCoinGeckoKey,
  errorAnswer: coingeckoStatus,
  notAuthorized: (reason, { now }) => coingeckoRefusal(401, reason === 'entitled' ? 10005 : 10012, now),
  spoilBody: spoilCoinGecko,
};

/** Empties a chart or a market list. */
function spoilCoinGecko(kind: BodyFaultKind, body: Json): Json | undefined {
  if (kind !== 'results-null' && kind !== 'results-empty') return undefined;
  const results = kind === 'results-null' ? null : [];
  if (isList(body)) return results;
  if (!isObject(body) || !('prices' in body)) return undefined;
  return { prices: results, market_caps: results, total_volumes: results };
}

function answerCoinGecko(question: Question, desk: Desk): Answer {
  const [family, name, detail, ...rest] = question.segments;
  if (rest.length === 0 && family === 'coins' && name !== undefined && detail !== undefined) {
    return answerCoin(name, detail, question, desk);
  }
  switch (question.segments.join('/')) {
    case 'ping':
      return jsonAnswer(200, { gecko_says: '(V3) To the Moon!' });
    case 'key':
      return keyUsage(desk);
    case 'simple/price':
      return simplePrice(question, desk);
    case 'coins/list':
      return jsonAnswer(200, desk.book.list('crypto').map(nameRow));
    case 'coins/markets':
      return withCurrency(question, (currency) => coinMarkets(currency, question, desk));
    default:
      return notFound();
  }
}

/** What a key may still ask for; the host of the demo plan does not say. The figures are made up. */
function keyUsage({ plan, now }: Desk): Answer {
  if (plan !== 'pro') return coingeckoRefusal(401, 10005, now);
  return jsonAnswer(200, {
    plan: 'Synthetic',
    rate_limit_request_per_minute: 500,
    monthly_call_credit: 500_000,
    current_total_monthly_calls: 1_000,
    current_remaining_monthly_calls: 499_000,
  });
}

function notFound(): Answer {
  return coingeckoError(404, 'Incorrect path. Please check the documentation.');
}

function answerCoin(id: string, detail: string, question: Question, desk: Desk): Answer {
  if (detail !== 'market_chart' && detail !== 'history') return notFound();
  const coin = desk.book.find('crypto', id);
  if (coin === undefined) return coingeckoError(404, 'coin not found');
  if (detail === 'history') return history(coin, question, desk);
  return withCurrency(question, (currency) => marketChart(coin, currency, question, desk));
}

/** Reads the currency and answers in it; refuses where it is missing or not quoted. */
function withCurrency(question: Question, answer: (currency: string) => Answer): Answer {
  const currency = question.query.get('vs_currency')?.toLowerCase() ?? '';
  if (currency === '') return coingeckoError(422, 'Missing parameter vs_currency');
  return isQuoteCurrency(currency) ? answer(currency) : coingeckoError(400, 'invalid vs_currency');
}

function nameRow(coin: ListedAsset): { id: string; symbol: string; name: string } {
  return { id: coin.symbol, symbol: coin.code, name: coinName(coin) };
}

/** The snapshot of a date's first instant, out 35 minutes after it. */
function history(coin: ListedAsset, question: Question, desk: Desk): Answer {
  const asked = question.query.get('date');
  if (asked === null) return coingeckoError(422, 'Missing parameter date');
  const date = asked.replace(/^(\d{2})-(\d{2})-(\d{4})$/, '$3-$2-$1');
  if (!isPartitionDate(date)) return coingeckoError(400, 'invalid date');
  const { historyDays } = desk;
  const today = utcDateOf(desk.now.getTime());
  if (historyDays !== null && date < addDays(today, -historyDays)) {
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
  return desk.tape.priceAt(coin, desk.now.getTime()) / dollarsPerUnit(currency, desk);
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
