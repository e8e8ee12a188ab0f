import { isPartitionDate, type PartitionDate } from './cell.ts';
import type { RunRequest } from './run.ts';
import type { Scope, SteerAct, SteerKind } from './steering.ts';

/**
 * Reads what a person typed as the one JSON value of a signal or update. Written by hand: a parser's
 * library would cost every cached execution a megabyte.
 */

const anybody = 'a person';
const longestWords = 500;
const mostTickers = 50;
const longestTicker = 40;
const mostCellsAtOnce = 500;

/** A value that is no such act: the sentence says what to write instead. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
  readonly code = 'SteerRefused';
}

/** What each act does and takes, as the Web UI shows it beside the signal. */
export const steerHelp: Readonly<Record<SteerKind, string>> = {
  pause: 'Begins nothing new; what is in flight ends in order. Takes nothing, or {"reason": "…", "by": "…"}.',
  resume: 'Goes on after a pause. Takes nothing, or {"reason": "…", "by": "…"}.',
  concurrency: 'How many cells run at once. Takes a number, such as 8, or {"cells": 8, "reason": "…"}.',
  add: 'Adds tickers, dates or both to the run. Takes {"tickers": ["AAPL"], "from": "2026-11-01", "to": "2026-11-19"}; what is left out is as in the run.',
  drop: 'Leaves out what has not begun. Takes {"tickers": ["AAPL"], "from": "2026-11-01", "to": "2026-11-19"}; what is left out means all.',
  skip: 'Gives one cell up. Takes {"date": "2026-11-18", "ticker": "AAPL", "reason": "…"}.',
};

const knownKeys: Readonly<Record<SteerKind, readonly string[]>> = {
  pause: [],
  resume: [],
  concurrency: ['cells'],
  add: ['tickers', 'from', 'to'],
  drop: ['tickers', 'from', 'to'],
  skip: ['date', 'ticker', 'dataset'],
};

/**
 * Reads an act.
 * @throws NotUnderstood with a sentence on what to write instead.
 */
export function readAct(kind: SteerKind, value: unknown): SteerAct {
  const fields = fieldsOf(kind, value);
  const by = textOf(fields, 'by') ?? anybody;
  const reason = textOf(fields, 'reason');
  switch (kind) {
    case 'pause':
    case 'resume':
      return { kind, by, reason };
    case 'concurrency':
      return { kind, by, reason, cellsAtOnce: cellsOf(fields['cells']) };
    case 'add':
    case 'drop':
      return { kind, by, reason, ...scopeOf(kind, fields) };
    case 'skip': {
      const date = dateOf(fields, 'date');
      const ticker = textOf(fields, 'ticker');
      if (date === null || ticker === null || reason === null)
        throw new NotUnderstood(`skip needs a date, a ticker and a reason. ${steerHelp.skip}`);
      return { kind, by, reason, date, ticker, dataset: textOf(fields, 'dataset') };
    }
  }
}

/** The value as fields: nothing is no field, and a bare text or number is what the act is about. */
function fieldsOf(kind: SteerKind, value: unknown): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (kind === 'concurrency' && typeof value === 'number') return { cells: value };
  if ((kind === 'pause' || kind === 'resume') && typeof value === 'string') return { reason: value };
  if (typeof value !== 'object' || Array.isArray(value))
    throw new NotUnderstood(`${kind} cannot be read from ${shown(value)}. ${steerHelp[kind]}`);
  const unknown = Object.keys(value).find((key) => ![...knownKeys[kind], 'by', 'reason'].includes(key));
  if (unknown !== undefined) throw new NotUnderstood(`${kind} knows no "${unknown}". ${steerHelp[kind]}`);
  return { ...value };
}

function textOf(fields: Record<string, unknown>, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : '';
  if (text !== '' && text.length <= longestWords) return text;
  throw new NotUnderstood(
    `"${name}" must be a text of 1 to ${longestWords} characters, not ${shown(value)}. Write it anew.`,
  );
}

function dateOf(fields: Record<string, unknown>, name: string): PartitionDate | null {
  const text = textOf(fields, name);
  if (text === null || isPartitionDate(text)) return text;
  throw new NotUnderstood(`"${name}" ${text}: there is no such date. Write YYYY-MM-DD, such as 2026-11-19.`);
}

function cellsOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostCellsAtOnce)
    return value;
  throw new NotUnderstood(
    `${shown(value)} is no number of cells. Write a whole number from 1 to ${mostCellsAtOnce}; to hold the run, pause it.`,
  );
}

function scopeOf(kind: 'add' | 'drop', fields: Record<string, unknown>): Scope {
  const scope = {
    tickers: tickersOf(fields['tickers']),
    from: dateOf(fields, 'from'),
    to: dateOf(fields, 'to'),
  };
  if (scope.tickers === null && scope.from === null && scope.to === null)
    throw new NotUnderstood(`${kind} needs tickers, dates or both. ${steerHelp[kind]}`);
  if (scope.from !== null && scope.to !== null && scope.from > scope.to)
    throw new NotUnderstood(`${scope.from} lies after ${scope.to}: write the earlier date first.`);
  return scope;
}

function tickersOf(value: unknown): string[] | null {
  if (value === undefined || value === null) return null;
  const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const tickers = list.map((ticker) => (typeof ticker === 'string' ? ticker.trim() : ''));
  if (
    tickers.length > 0 &&
    tickers.length <= mostTickers &&
    tickers.every((ticker) => ticker !== '' && ticker.length <= longestTicker)
  )
    return [...new Set(tickers)].sort();
  throw new NotUnderstood(
    `"tickers" must be a list of 1 to ${mostTickers} tickers, such as ["AAPL", "BTC"], not ${shown(value)}.`,
  );
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

/**
 * What an addition asks for, as a request of its own: what it leaves out is as in the run.
 * @throws NotUnderstood where the run has no range of its own to fill it from.
 */
export function requestOfAdd(
  request: RunRequest,
  planned: { readonly from: PartitionDate; readonly to: PartitionDate },
  { tickers, from, to }: Scope,
): RunRequest {
  if (request.kind === 'retry' && (from === null || to === null))
    throw new NotUnderstood('A retry has no dates of its own: say "from" and "to" too.');
  const own =
    request.kind === 'backfill' ? request : { range: planned, tickers: null, force: false, clip: false };
  const range =
    from === null && to === null ? own.range : { from: from ?? planned.from, to: to ?? planned.to };
  if ('from' in range && range.from > range.to)
    throw new NotUnderstood(
      `The run's own dates are ${planned.from} to ${planned.to}: say both "from" and "to".`,
    );
  return {
    kind: 'backfill',
    range,
    tickers: tickers ?? own.tickers,
    force: own.force,
    clip: own.clip,
  };
}

/** Says an act in words, as records, details and terminals tell it. */
export function wordsOf(act: SteerAct): string {
  const tail = ` by ${act.by}${act.reason === null ? '' : `: ${act.reason}`}`;
  switch (act.kind) {
    case 'pause':
      return `paused${tail}`;
    case 'resume':
      return `resumed${tail}`;
    case 'concurrency':
      return `${act.cellsAtOnce} cells at once${tail}`;
    case 'add':
      return `added ${scopeWords(act)}${tail}`;
    case 'drop':
      return `dropped ${scopeWords(act)}${tail}`;
    case 'skip':
      return `skipped ${act.ticker} ${act.date}${tail}`;
  }
}

function scopeWords({ tickers, from, to }: Scope): string {
  const dates =
    from === null && to === null
      ? ''
      : from === to
        ? (from ?? '')
        : `${from === null ? '' : `from ${from}`}${to === null ? '' : ` to ${to}`}`.trim();
  return [tickers?.join(', '), dates].filter(Boolean).join(' ');
}
