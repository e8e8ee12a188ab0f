import { expect } from 'vitest';
import type { PlayedApi } from '../../../sources/sample/apis.ts';
import type { SampleMarketOptions } from '../../../sources/sample/sample-market.ts';
import type { SampleMarket } from '../../../sources/sample/server.ts';
import { tickerOfMember } from '../../../sources/snapshot.ts';
import { SourceError } from '../../../sources/source-error.ts';
import type {
  Ask,
  PageRequest,
  RawPage,
  Resource,
  SourceAccess,
  SourceRow,
} from '../../../sources/source.ts';
import type { Contract } from '../../../contracts/contract.ts';
import type { UsualApi } from '../../../sources/usual.ts';
import { cellOf } from '../support.ts';
import type { ApiFacts, Outcome, ResourceFacts } from './facts-shape.ts';
import { accessOn, newestDay, openStage, today, type Stage } from './stage.ts';

/** One resource under examination. */
export interface Subject<Facts extends ResourceFacts = ResourceFacts> {
  readonly source: string;
  readonly usual: UsualApi;
  readonly resource: Resource;
  readonly contract: Contract;
  readonly api: ApiFacts;
  readonly facts: Facts;
  readonly played: PlayedApi;
  readonly stage: Stage;
}

/** A promise of every source. It is kept where `check` ends, and broken where it throws. */
export interface Claim<Facts extends ResourceFacts = ResourceFacts> {
  readonly title: string;
  readonly check: (subject: Subject<Facts>) => Promise<void>;
}

/** The week that most questions are about: Friday to Thursday, all of it final. */
export const week = { from: '2026-11-13', to: newestDay } as const;
/** A day within it, with an open day on each side. */
export const midweek = { before: '2026-11-16', day: '2026-11-17', after: '2026-11-18' } as const;
/** The weekend within it. */
export const weekend = { from: '2026-11-14', to: '2026-11-15' } as const;

/** Builds an ask for days of one symbol, as of the stage's day. */
export function daysOf(symbol: string, { from, to }: { from: string; to: string } = week): Ask {
  return { kind: 'range', symbol, from, to, today };
}

/** Builds a small ask that any resource has an answer to. */
export function usualAsk({ facts }: Subject): Ask {
  if (facts.kind === 'range') return daysOf(facts.symbol);
  const snapshot = { kind: 'snapshot', top: 5, date: today } as const;
  return facts.kind === 'snapshot' ? snapshot : { ...snapshot, since: facts.since };
}

/** All pages of an answer. */
export interface Taken {
  readonly pages: readonly RawPage[];
  readonly requests: readonly PageRequest[];
  readonly rowCount: number;
}

const mostPages = 50;

/** Access to the subject's API on its stage. */
export function accessOf({ stage, played }: Subject, more: Partial<SourceAccess> = {}): SourceAccess {
  return accessOn(stage.market, played, more);
}

/** Asks page after page as the fetch step does. */
export async function take(
  subject: Subject,
  ask: Ask = usualAsk(subject),
  access: SourceAccess = accessOf(subject),
): Promise<Taken> {
  const { resource } = subject;
  const pages: RawPage[] = [];
  const requests: PageRequest[] = [];
  let rowCount = 0;
  let request: PageRequest | undefined = resource.firstPage(ask);
  while (request !== undefined) {
    if (pages.length === mostPages) throw new Error(`${subject.source} asks for page after page`);
    requests.push(request);
    const { body } = await resource.send(request, access);
    pages.push({ body });
    const content = resource.readPage({ body }, ask);
    rowCount += content.rowCount;
    request = content.next ?? resource.nextPage?.([...pages], ask);
  }
  return { pages, requests, rowCount };
}

/** The rows of one cell; of a snapshot, the symbol is the source's id of the member. */
export function rowsOn(
  { resource }: Subject,
  { pages }: Taken,
  ask: Ask,
  symbol: string,
  date: string,
): SourceRow[] {
  const ticker = ask.kind === 'snapshot' ? tickerOfMember(symbol) : symbol;
  return resource.rowsOfCell(pages, ask, { ...cellOf(symbol, date), ticker });
}

/** Asks, and says in one word what came of it. */
export async function outcomeOf(subject: Subject, doing: () => Promise<Taken>): Promise<Outcome> {
  try {
    return (await doing()).rowCount > 0 ? 'rows' : 'no rows';
  } catch (error) {
    return refusal(subject, error).code;
  }
}

/** Asks, and wants a refusal. */
export async function refusedBy(subject: Subject, doing: () => Promise<unknown>): Promise<SourceError> {
  const error = await doing().then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  return refusal(subject, error);
}

/** Holds a refusal to what all of them promise: who, what was found, what to do, and no key. */
function refusal({ source }: Subject, error: unknown): SourceError {
  if (!(error instanceof SourceError)) throw error;
  expect(error.message).toMatch(
    new RegExp(`^(Asking|Reading|Building a request to|Looking for) .*\\b${source}\\b[^]*: [^]+\\.$`),
  );
  return error;
}

/** Opens a market of its own for one question, where the stage's cannot be told to behave so. */
export async function onMarket<T>(
  subject: Subject,
  options: SampleMarketOptions,
  doing: (market: SampleMarket, access: SourceAccess) => Promise<T>,
): Promise<T> {
  const { market } = await openStage(subject.stage.guests, [], options);
  try {
    return await doing(market, accessOn(market, subject.played));
  } finally {
    await market.close();
  }
}
