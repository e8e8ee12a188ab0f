import { resolve } from 'node:path';
import { usualDailyShare } from '../sources/quota.ts';
import type { SourceSettings } from '../sources/source-settings.ts';
import { optional, secretOf, type Environment } from './secret-of.ts';
import { SettingsError } from './settings-error.ts';
import type { SettingsFile } from './shape.ts';

/** What a plan allows where marketlake.yaml leaves it out. */
interface DefaultPlan {
  readonly requestsPerMinute: number;
  readonly requestsPerMonth: number | null;
}

/** CoinGecko without a key. */
export const keylessPlan: DefaultPlan = { requestsPerMinute: 5, requestsPerMonth: null };
/** CoinGecko's free plan. */
export const coingeckoDemoPlan: DefaultPlan = { requestsPerMinute: 25, requestsPerMonth: 10_000 };
/** Massive's free plan. */
export const massiveFreePlan: DefaultPlan = { requestsPerMinute: 5, requestsPerMonth: null };

/**
 * What is to be known to ask an API: its file's words, its key and address from the environment, and the limits of its usual plan.
 * @throws SettingsError for an address that is none.
 */
export function apiSettings(
  name: 'coingecko' | 'massive',
  file: SettingsFile,
  environment: Environment,
  defaultPlan: (apiKey: string | undefined) => DefaultPlan,
): SourceSettings {
  const { baseUrl, final, plan } = file.sources[name];
  const apiKey = secretOf(environment, `${name.toUpperCase()}_API_KEY`);
  const usual = defaultPlan(apiKey);
  const { requestsPerDay } = plan;
  const requestsPerMonth = orUsual(plan.requestsPerMonth, usual.requestsPerMonth);
  const usualShare = usualDailyShare(assetCountOf(name, file), requestsPerDay, requestsPerMonth);
  const givenUrl = environment[`${name.toUpperCase()}_BASE_URL`];
  if (givenUrl && !URL.canParse(givenUrl)) {
    throw new SettingsError(
      `${name.toUpperCase()}_BASE_URL is "${withoutQuery(givenUrl)}": write a URL, such as ${baseUrl}`,
    );
  }
  return {
    name,
    baseUrl: (givenUrl || baseUrl).replace(/\/+$/, ''),
    isBaseUrlGiven: Boolean(givenUrl),
    isLocal: false,
    ...optional('apiKey', apiKey),
    final,
    requestsPerMinute: orUsual(plan.requestsPerMinute, usual.requestsPerMinute),
    requestsPerDay,
    requestsPerMonth,
    dailyShare: orUsual(plan.dailyShare, usualShare),
    historyDays: plan.historyDays,
  };
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
export function csvSettings(file: SettingsFile, projectFolder: string): SourceSettings {
  const { folder, final } = file.sources.csv;
  const baseUrl = resolve(projectFolder, folder);
  return {
    name: 'csv',
    baseUrl,
    isBaseUrlGiven: true,
    isLocal: true,
    final,
    requestsPerMinute: null,
    requestsPerDay: null,
    requestsPerMonth: null,
    dailyShare: 0,
    historyDays: null,
  };
}
