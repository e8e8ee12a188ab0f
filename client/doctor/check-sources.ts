import type { OpenLake } from '../command/lake-client.ts';
import { everySource, type PlannedAsset } from '../../plan/due-cells.ts';
import { lastFinalDate } from '../../plan/finality.ts';
import type { SourceSettings } from '../../sources/source-settings.ts';
import { badLineWords, type BadLines } from '../../sources/bad-lines.ts';
import { createSources } from '../../sources/index.ts';
import { missingKey, takesKey, type MissingKey } from '../../sources/missing-keys.ts';
import { sourceAccess } from '../../sources/source-access.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { Ask, Resource } from '../../sources/source.ts';
import { addDays, splitDataset, utcDateOf, type PartitionDate } from '../../workflows/pure/cell.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { fetchedWords, keyStanding, namesOf, switchOnWords } from '../run/key-lines.ts';
import { ok, type Finding } from './finding.ts';

/** Something that can be asked once for several assets. */
interface Question {
  readonly resource: Resource;
  readonly ask: Ask;
  readonly date: PartitionDate;
  readonly assets: readonly PlannedAsset[];
}

const longestClosureDays = 14;
const linesShown = 3;

/**
 * Asks every source once for each asset's newest final day, or once for a whole market's where the source
 * offers that: does the key pass, is every symbol known? These requests go past the workers' queues, so they
 * are kept few and counted. Offline only local files are read.
 */
export async function checkSources(open: OpenLake, isOffline: boolean, now: Date): Promise<Finding[]> {
  const firsts = await open.planned(now);
  const planned = open.settings.run.fallback === 'never' ? firsts : everySource(firsts);
  const names = [...new Set(planned.map(({ dataset }) => splitDataset(dataset).source))];
  const findings = await Promise.all(
    names.map(async (name) => {
      const settings = open.settings.sources[name];
      const assets = planned.filter(({ dataset }) => splitDataset(dataset).source === name);
      return settings ? checkSource(open, settings, assets, isOffline, now) : [];
    }),
  );
  const { fetched, waiting } = keyStanding(open.settings);
  return [
    ...(waiting.length > 0 && fetched.length > 0 ? [ok('keys', fetchedWords(fetched))] : []),
    ...findings.flat(),
  ];
}

async function checkSource(
  open: OpenLake,
  settings: SourceSettings,
  assets: readonly PlannedAsset[],
  isOffline: boolean,
  now: Date,
): Promise<Finding[]> {
  const check = settings.name;
  const isSample = open.settings.market === 'sample' && !settings.isLocal && !settings.isBaseUrlGiven;
  if (isSample && !open.runtime?.marketUrl) {
    return [{ check, verdict: 'wrong', found: 'the sample market is not running', fix: 'npm start' }];
  }
  const missing = missingKey(open.settings.market, settings);
  if (missing?.need === 'needed') return [withoutKey(missing, assets)];
  const found =
    isOffline && !settings.isLocal ? [notAsked(settings)] : await askAll(open, settings, assets, now);
  return missing ? [...found, ok(check, switchOnWords(missing))] : found;
}

function withoutKey(missing: MissingKey, assets: readonly PlannedAsset[]): Finding {
  const tickers = namesOf(assets.map(({ ticker }) => ticker));
  return {
    check: missing.source,
    verdict: 'wrong',
    blame: 'configuration',
    found: `no key is set, and it answers nobody without one, so these cannot be fetched: ${tickers}`,
    fix: switchOnWords(missing),
  };
}

function notAsked({ name, apiKey }: SourceSettings): Finding {
  if (!takesKey(name)) return ok(name, 'not asked; it takes no key');
  return ok(name, `not asked; key ${apiKey === undefined ? 'not set' : 'set'}`);
}

async function askAll(
  open: OpenLake,
  settings: SourceSettings,
  assets: readonly PlannedAsset[],
  now: Date,
): Promise<Finding[]> {
  const resources = createSources({ csvFiles: open.settings.csvFiles }).get(settings.name)?.resources ?? {};
  let requestCount = 0;
  const unknown: Finding[] = [];
  const others: Finding[] = [];
  const asking = async (question: Question): Promise<readonly PlannedAsset[]> => {
    requestCount += 1;
    const { without, badLines } = await askOnce(open, settings.name, question);
    if (badLines) others.push(unreadLines(settings.name, question, badLines));
    return without;
  };
  for (const question of questionsOf(assets, resources, now)) {
    try {
      for (const asset of await asking(question)) {
        // Missing from a whole market's day may mean that it was not traded: only its own answer tells.
        const own = { ...question, ask: rangeOf(asset, question.date, now), assets: [asset] };
        const isSilent = question.ask.kind === 'range' || (await asking(own)).length > 0;
        if (isSilent) unknown.push(noPrice(settings.name, asset, question.date));
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      // A file is nobody else's trouble, while an API that refused once is not asked again.
      if (!settings.isLocal) return [refused(settings, error)];
      others.push(refused(settings, error));
    }
  }
  const isRefused = others.some(({ verdict, blame }) => verdict === 'wrong' || blame === 'set-up');
  if (settings.isLocal && isRefused) return [...unknown, ...others];
  const answered = settings.isLocal
    ? 'every file is read'
    : `it answers${settings.apiKey === undefined ? '' : ', the key passes'}`;
  const known = `${assets.length - unknown.length} of ${countOf(assets.length, 'symbol')} known`;
  return [
    ok(settings.name, `${answered}; ${known}; ${countOf(requestCount, 'request')} sent`),
    ...unknown,
    ...others,
  ];
}

/** The fewest questions that reach every asset. */
function questionsOf(
  assets: readonly PlannedAsset[],
  resources: Readonly<Record<string, Resource>>,
  now: Date,
): Question[] {
  const questions = new Map<string, Question>();
  for (const asset of assets) {
    const resource = resources[splitDataset(asset.dataset).resource];
    const date = newestOpenDate(asset, now);
    if (!resource || date === undefined) continue;
    const group = asset.coverage.groupOf(asset.symbol);
    const key = `${asset.dataset}/${date}/${group ?? asset.symbol}`;
    const ask: Ask = group === null ? rangeOf(asset, date, now) : { kind: 'grouped', group, date };
    questions.set(key, { resource, ask, date, assets: [...(questions.get(key)?.assets ?? []), asset] });
  }
  return [...questions.values()];
}

function rangeOf({ symbol }: PlannedAsset, date: PartitionDate, now: Date): Ask {
  return { kind: 'range', symbol, from: date, to: date, today: utcDateOf(now.getTime()) };
}

function newestOpenDate(asset: PlannedAsset, now: Date): PartitionDate | undefined {
  const last = lastFinalDate(now, asset.final);
  const dates = Array.from({ length: longestClosureDays }, (_, back) => addDays(last, -back));
  return dates.find((date) => asset.calendar.day(date).isOpen);
}

/** Asks one question, and tells the assets that it brought no row for, and the lines that could not be read. */
async function askOnce(
  open: OpenLake,
  source: string,
  { resource, ask, date, assets }: Question,
): Promise<{ readonly without: readonly PlannedAsset[]; readonly badLines: BadLines | undefined }> {
  const access = sourceAccess(open.settings, open.runtime?.marketUrl ?? null)(source);
  const answer = await resource.send(resource.firstPage(ask), access);
  const { badLines } = resource.readPage(answer, ask);
  const without = assets.filter((asset) => {
    const cell = { dataset: asset.dataset, ticker: asset.ticker, symbol: asset.symbol, date };
    const isThere = resource.rowsOfCell([answer], ask, cell).length > 0;
    // A symbol whose line cannot be read is known: what is wrong with the line is a finding of its own.
    return !isThere && resource.whyNoRow?.([answer], ask, cell) === undefined;
  });
  return { without, badLines };
}

function unreadLines(check: string, { assets }: Question, badLines: BadLines): Finding {
  const names = assets.map(({ ticker, symbol }) => `${ticker} ("${symbol}")`).join(', ');
  return {
    check,
    verdict: 'warn',
    found: `${countOf(badLines.count, 'line')} for ${names} cannot be read: ${badLineWords(badLines, linesShown)}`,
    fix: 'mend them where the file came from; their days fail, and no others',
  };
}

function noPrice(check: string, { ticker, symbol }: PlannedAsset, date: PartitionDate): Finding {
  const found = `it has no price of ${ticker} ("${symbol}") for ${date}, an open day`;
  return {
    check,
    verdict: 'wrong',
    blame: 'configuration',
    found,
    fix: 'correct the asset’s symbol or calendar in marketlake.yaml',
  };
}

function refused({ name }: SourceSettings, error: SourceError): Finding {
  const isMistake = !error.isRetryable;
  return {
    check: name,
    verdict: isMistake ? 'wrong' : 'warn',
    blame: isMistake ? 'configuration' : 'set-up',
    found: error.message,
  };
}
