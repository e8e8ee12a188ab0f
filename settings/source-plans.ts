import { resolve } from 'node:path';
import { knownSources } from '../sources/index.ts';
import { usualDailyShare } from '../sources/quota.ts';
import type { SourceSettings } from '../sources/source-settings.ts';
import {
  usualBaseUrl,
  usualPlan,
  sourceVariables,
  type FinalTime,
  type Usual,
  type UsualApi,
  type UsualFiles,
} from '../sources/usual.ts';
import { optional, secretOf, type Environment } from './secret-of.ts';
import { SettingsError } from './settings-error.ts';
import type { SettingsFile } from './shape.ts';
import type { ApiSaid } from './source-shapes.ts';

/**
 * What is to be known to ask each registered source: what is usual of it, what the file says otherwise, and its key
 * and address from the environment.
 * @throws SettingsError for an address that is none, or a share that leaves nothing to backfills.
 */
export function sourceSettings(
  file: SettingsFile,
  environment: Environment,
  projectFolder: string,
): Readonly<Record<string, SourceSettings>> {
  return Object.fromEntries(
    [...knownSources.values()].map(({ name, usual }) => [
      name,
      usual.isLocal
        ? filesSettings(name, usual, file, projectFolder)
        : apiSettings(name, usual, file, environment),
    ]),
  );
}

function apiSettings(
  name: string,
  usual: UsualApi,
  file: SettingsFile,
  environment: Environment,
): SourceSettings {
  const said = file.sources.apis[name] ?? {};
  const apiKey = keyOf(name, usual, environment);
  const givenUrl = givenUrlOf(name, usual, environment);
  return {
    name,
    baseUrl: (givenUrl ?? said.baseUrl ?? usualBaseUrl(usual, apiKey !== undefined)).replace(/\/+$/, ''),
    isBaseUrlGiven: givenUrl !== undefined,
    isLocal: false,
    ...optional('apiKey', apiKey),
    final: finalOf(usual, said),
    ...planOf(name, said, usualPlan(usual, apiKey !== undefined), assetCountOf(name, file)),
  };
}

function finalOf({ final }: Usual, said: Pick<ApiSaid, 'final'>): FinalTime {
  return { time: said.final?.time ?? final.time, timeZone: said.final?.timeZone ?? final.timeZone };
}

type PlanSettings = Pick<
  SourceSettings,
  'requestsPerMinute' | 'requestsPerDay' | 'requestsPerMonth' | 'dailyShare' | 'historyDays'
>;

function planOf(
  name: string,
  { plan = {} }: ApiSaid,
  usual: ReturnType<typeof usualPlan>,
  assetCount: number,
): PlanSettings {
  const limits = {
    requestsPerMinute: orUsual(plan.requestsPerMinute, usual.requestsPerMinute),
    requestsPerDay: orUsual(plan.requestsPerDay, usual.requestsPerDay),
    requestsPerMonth: orUsual(plan.requestsPerMonth, usual.requestsPerMonth),
    historyDays: orUsual(plan.historyDays, usual.historyDays),
  };
  const { requestsPerDay, requestsPerMonth } = limits;
  const dailyShare = plan.dailyShare ?? usualDailyShare(assetCount, requestsPerDay, requestsPerMonth);
  if (requestsPerDay !== null && dailyShare >= requestsPerDay) {
    throw new SettingsError(
      `sources.${name}.plan.dailyShare is ${dailyShare} of the ${requestsPerDay} requests of a day that are usual: write fewer, or backfills would wait for ever`,
    );
  }
  return { ...limits, dailyShare };
}

/** A variable that a source has no use for is not read: it may be another program's. */
function keyOf(name: string, { key }: UsualApi, environment: Environment): string | undefined {
  return key.need === 'none' ? undefined : secretOf(environment, sourceVariables(name).apiKey);
}

function givenUrlOf(name: string, { baseUrl }: UsualApi, environment: Environment): string | undefined {
  const variable = sourceVariables(name).baseUrl;
  const given = environment[variable] || undefined;
  if (given === undefined || URL.canParse(given)) return given;
  throw new SettingsError(`${variable} is "${withoutQuery(given)}": write a URL, such as ${baseUrl}`);
}

/** Null is a value too: no limit. */
function orUsual<T>(given: T | undefined, usual: T): T {
  return given === undefined ? usual : given;
}

/** A snapshot takes a few requests, most often one: each counts as an asset. */
function assetCountOf(name: string, { assets, snapshots }: SettingsFile): number {
  const isOfSource = ({ dataset }: { readonly dataset: string }): boolean => dataset.startsWith(`${name}.`);
  return (
    assets.filter(({ sources }) => sources.some(isOfSource)).length + snapshots.filter(isOfSource).length
  );
}

/** What stands behind a question mark or before an at sign may be a key. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '?…').replace(/^.*@/s, '…@');
}

/** What is to be known to read files in place of an API. */
function filesSettings(
  name: string,
  usual: UsualFiles,
  { sources: { csv } }: SettingsFile,
  projectFolder: string,
): SourceSettings {
  return {
    name,
    baseUrl: resolve(projectFolder, csv.folder ?? usual.folder),
    isBaseUrlGiven: true,
    isLocal: true,
    final: finalOf(usual, csv),
    requestsPerMinute: null,
    requestsPerDay: null,
    requestsPerMonth: null,
    dailyShare: 0,
    historyDays: null,
  };
}
