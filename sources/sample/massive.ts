import { type PartitionDate, addDays, isPartitionDate } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, isObject, jsonAnswer, textAnswer } from './answer.ts';
import type { Desk } from './desk.ts';
import type { BodyFaultKind } from './faults.ts';
import { massiveActions } from './massive-actions.ts';
import { massiveRange } from './massive-range.ts';
import { barRow, rowsBody, splitAdjusted } from './massive-rows.ts';
import { newYorkDateOf } from './new-york.ts';
import {
  massiveError,
  massiveNotAuthorized,
  massiveNotFound,
  massiveStatus,
  refuseMassiveKey,
} from './massive-refusals.ts';
import type { SampleApi } from './sample-api.ts';

/** Massive: stocks and currency pairs, by range and by day. */
export const massiveApi: SampleApi = {
  historyDays: 730,
  answer: answerMassive,
  refuseKey: refuseMassiveKey,
  errorAnswer: massiveStatus,
  notAuthorized: (reason, { requestId }) => massiveNotAuthorized(reason, requestId),
  spoilBody: spoilMassive,
  spellNumber: spellMassive,
};

/** Large volumes stand as 7.1e+07. */
function spellMassive(key: string, value: number): string {
  return (key === 'v' || key === 'volume') && Math.abs(value) >= 1e7
    ? value.toExponential().replace(/e\+(\d)$/, 'e+0$1')
    : JSON.stringify(value);
}

function spoilMassive(kind: BodyFaultKind, body: Json): Json | undefined {
  if (!isObject(body)) return undefined;
  switch (kind) {
    case 'results-null':
    case 'results-empty': {
      if (!('resultsCount' in body)) return undefined;
      const results = kind === 'results-null' ? null : [];
      return { ...body, queryCount: 0, resultsCount: 0, count: 0, results, next_url: undefined };
    }
    case 'delayed':
      return body.status === 'OK' ? { ...body, status: 'DELAYED' } : undefined;
    case 'request-id-integer':
      return 'request_id' in body ? { ...body, request_id: 1_234_567_890 } : undefined;
  }
}

function answerMassive(question: Question, desk: Desk): Answer {
  const { segments } = question;
  const path = segments.map((segment, index) => (isName(index, segments) ? '*' : segment)).join('/');
  if (/^v2\/aggs\/ticker\/\*\/range(\/[^/]+){4}$/.test(path)) return massiveRange(question, desk);
  if (/^v2\/aggs\/grouped\/locale\/[^/]+\/market\/[^/]+\/[^/]+$/.test(path)) return grouped(question, desk);
  if (/^v1\/open-close\/\*\/[^/]+$/.test(path)) return openClose(question, desk);
  if (/^v3\/reference\/tickers\/\*$/.test(path)) return reference(question, desk);
  const actions = /^v3\/reference\/[^/]+$/.test(path) ? massiveActions(question, desk) : undefined;
  if (actions) return actions;
  // A date written with slashes makes a path of its own, which looks like a matter of the plan.
  const isKnown = path.startsWith('v1/open-close/') || path.startsWith('v2/aggs/');
  return isKnown ? massiveNotAuthorized('entitled', desk.requestId) : textAnswer(404, '404 page not found\n');
}

/** Tells which piece of a path is a ticker; it may hold a slash of its own. */
function isName(index: number, segments: readonly string[]): boolean {
  const family = segments.slice(0, 2).join('/');
  return family === 'v1/open-close'
    ? index === 2
    : index === 3 && /^v2\/aggs$|^v3\/reference$/.test(family) && segments[2] !== 'grouped';
}

/** Refuses a day that the plan does not reach, or gives nothing. */
function refuseDay(date: PartitionDate, desk: Desk): Answer | undefined {
  if (!isPartitionDate(date)) {
    return massiveError(400, "Could not parse the time parameter: 'date'. Use YYYY-MM-DD.", desk.requestId);
  }
  const today = newYorkDateOf(desk.now.getTime());
  if (date === today) return massiveNotAuthorized('today', desk.requestId);
  const { historyDays } = desk;
  const isTooOld = historyDays !== null && date < addDays(today, -historyDays);
  return date > today || isTooOld ? massiveNotAuthorized('timeframe', desk.requestId) : undefined;
}

function grouped(question: Question, desk: Desk): Answer {
  const [, , , , locale = '', , group = '', date = ''] = question.segments;
  const market = `${locale}/${group}`.toLowerCase();
  if (market !== 'us/stocks' && market !== 'global/fx')
    return massiveNotAuthorized('entitled', desk.requestId);
  const refusal = refuseDay(date, desk);
  if (refusal) return refusal;
  const isStocks = market === 'us/stocks';
  const isAdjusted = question.query.get('adjusted') !== 'false';
  const today = newYorkDateOf(desk.now.getTime());
  const rows = desk.book.list(isStocks ? 'stock' : 'fx').flatMap((asset) =>
    desk.tape
      .barsOf(asset, [date])
      .map((bar) => (isAdjusted ? splitAdjusted(asset.symbol, bar, today) : bar))
      .map((bar) => barRow(bar, isStocks ? 'stock-end' : 'fx-end', asset.symbol)),
  );
  return jsonAnswer(200, rowsBody(rows, isAdjusted, desk.requestId));
}

function openClose(question: Question, desk: Desk): Answer {
  const [, , ticker = '', date = ''] = question.segments;
  const refusal = refuseDay(date, desk);
  if (refusal) return refusal;
  const asset = desk.book.find('stock', ticker) ?? desk.book.find('fx', ticker);
  const [bar] = asset ? desk.tape.barsOf(asset, [date]) : [];
  if (bar === undefined) return massiveNotFound('Data not found.', desk.requestId);
  const { open, high, low, close, volume } = bar;
  const outside = { afterHours: close, preMarket: open };
  return jsonAnswer(200, {
    status: 'OK',
    from: date,
    symbol: ticker,
    open,
    high,
    low,
    close,
    volume,
    ...outside,
  });
}

function reference(question: Question, desk: Desk): Answer {
  const ticker = question.segments[3] ?? '';
  const asset = desk.book.find('stock', ticker) ?? desk.book.find('fx', ticker);
  if (asset === undefined) return massiveNotFound('Ticker not found.', desk.requestId);
  const isStock = asset.kind === 'stock';
  const results = {
    ticker,
    name: `${asset.code} (synthetic)`,
    market: isStock ? 'stocks' : 'fx',
    locale: isStock ? 'us' : 'global',
    type: isStock ? 'CS' : undefined,
    active: true,
    currency_name: isStock ? 'usd' : asset.code.slice(3).toLowerCase(),
  };
  return jsonAnswer(200, { request_id: desk.requestId, status: 'OK', results });
}
