import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { checkedDate, checkTicker, tickersOf } from '../run/run-request.ts';
import { NotUnderstood, readAct } from '../../workflows/pure/steer-words.ts';
import { steerKinds, type SteerKind } from '../../workflows/pure/steering.ts';

/** The flags of an act, as typed. */
export interface SteerFlags {
  readonly tickers?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dataset?: string;
  readonly reason?: string;
  readonly by?: string;
}

/** An act as a run takes it, and which run was named. */
export interface ActWords {
  readonly kind: SteerKind;
  readonly value: unknown;
  readonly runWord: string | undefined;
}

/** How many words each act needs before the run. */
const ownWords: Readonly<Record<SteerKind, number>> = {
  pause: 0,
  resume: 0,
  concurrency: 1,
  add: 0,
  drop: 0,
  skip: 2,
};
const ownFlags: Readonly<Record<SteerKind, readonly (keyof SteerFlags)[]>> = {
  pause: [],
  resume: [],
  concurrency: [],
  add: ['tickers', 'from', 'to'],
  drop: ['tickers', 'from', 'to'],
  skip: ['dataset'],
};

/**
 * Turns the words and flags of an act into the value that a run takes.
 * @throws WrongUse for what cannot be meant.
 */
export function actWords(
  act: string,
  words: readonly string[],
  flags: SteerFlags,
  lake: OpenLake,
  now: Date,
): ActWords {
  const kind = steerKinds.find((known) => known === act) ?? 'pause';
  const own = words.slice(0, ownWords[kind]);
  const [runWord, ...rest] = words.slice(ownWords[kind]);
  if (own.length < ownWords[kind] || rest.length > 0)
    throw new WrongUse(`${act} ${words.join(' ')}: wrong number of words. See --help.`);
  refuseOthersFlags(kind, flags);
  const value = { ...said(flags), ...factsOf(kind, own, flags, lake, now) };
  try {
    readAct(kind, value);
  } catch (error) {
    throw error instanceof NotUnderstood ? new WrongUse(error.message) : error;
  }
  return { kind, value, runWord };
}

function refuseOthersFlags(kind: SteerKind, flags: SteerFlags): void {
  const allowed: readonly string[] = [...ownFlags[kind], 'reason', 'by'];
  const others = Object.values(ownFlags).flat();
  const wrong = others.find((name) => flags[name] !== undefined && !allowed.includes(name));
  if (wrong !== undefined) throw new WrongUse(`${kind} takes no --${wrong}. See --help.`);
}

function said({ by, reason }: SteerFlags): Record<string, string> {
  return { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
}

function factsOf(
  kind: SteerKind,
  own: readonly string[],
  flags: SteerFlags,
  lake: OpenLake,
  now: Date,
): Record<string, unknown> {
  switch (kind) {
    case 'pause':
    case 'resume':
      return {};
    case 'concurrency':
      return { cells: Number(own[0]) };
    case 'add':
    case 'drop':
      return {
        tickers: tickersOf(flags.tickers, lake),
        from: flags.from === undefined ? null : checkedDate('--from', flags.from, now),
        to: flags.to === undefined ? null : checkedDate('--to', flags.to, now),
      };
    case 'skip': {
      const [date = '', ticker = ''] = own;
      checkTicker(ticker, lake);
      return { date: checkedDate('DATE', date, now), ticker, dataset: flags.dataset ?? null };
    }
  }
}
