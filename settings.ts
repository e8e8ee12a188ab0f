import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { z } from 'zod';
import {
  addressFault,
  alertsSchema,
  webhookVariable,
  type AlertSettings,
  type AlertsOfFile,
} from './alerts/alert-settings.ts';
import { calendarNames } from './calendars/index.ts';
import type { Market } from './lake/identity.ts';
import { csvFileSchema } from './sources/csv-options.ts';
import { usualDailyShare } from './sources/quota.ts';
import type { SourceSettings } from './sources/source-settings.ts';
import { headerValues } from './telemetry/hiding.ts';
import {
  telemetrySchema,
  telemetrySettings,
  type TelemetrySettings,
} from './telemetry/telemetry-settings.ts';

/** The one module that reads the environment and marketlake.yaml; everybody else is handed what it needs. */

/** Where this project lies. */
export const projectFolder = dirname(fileURLToPath(import.meta.url));

/** A setting that cannot be used: which file and line, what was found, what to write instead. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SettingsInvalid';
}

/** Short and ASCII, since it stands in workflow ids and file names, which have limits. */
const ticker = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[!-+\--~]+$/, 'a ticker is of letters, digits and signs, without spaces or commas')
  .refine((name) => name !== 'USD', 'USD is the dollar itself in the warehouse; name the asset otherwise');

const assetSchema = z.strictObject({
  ticker,
  class: z.enum(['crypto', 'stock', 'fx', 'index']),
  calendar: z.enum(calendarNames),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency, such as USD; leave it out where a price is no money')
    .nullable()
    .default(null),
  sources: z
    .array(
      z.strictObject({
        dataset: z.string().regex(/^[a-z0-9]+\.[a-z0-9_]+$/, 'source.resource'),
        symbol: z.string().min(1),
      }),
    )
    .min(1),
});

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, HH:MM');
const timeZone = z.string().refine(isTimeZone, 'an IANA time zone, such as America/New_York');
const finalSchema = z.strictObject({ time: clockTime, timeZone });
const planSchema = z
  .strictObject({
    requestsPerMinute: z.number().positive().nullable().optional(),
    requestsPerDay: z.number().int().positive().nullable().default(null),
    requestsPerMonth: z.number().int().positive().nullable().optional(),
    dailyShare: z.number().int().nonnegative().optional(),
    historyDays: z.number().int().positive().nullable().default(null),
  })
  .refine(({ dailyShare, requestsPerDay }) => (dailyShare ?? 0) < (requestsPerDay ?? Infinity), {
    path: ['dailyShare'],
    message: 'fewer than requestsPerDay, or backfills would wait for ever',
  });
const apiSchema = z.strictObject({ baseUrl: z.url(), final: finalSchema, plan: planSchema });

const fileSchema = z.strictObject({
  market: z.enum(['sample', 'live']),
  lake: z.strictObject({ folder: z.string().min(1) }),
  assets: z.array(assetSchema).min(1).refine(hasUniqueTickers, 'tickers must be unique'),
  sources: z.strictObject({
    coingecko: apiSchema,
    massive: apiSchema,
    csv: z.strictObject({
      folder: z.string().min(1),
      final: finalSchema,
      files: z.record(z.string(), csvFileSchema),
    }),
  }),
  schedule: z.strictObject({
    time: clockTime,
    timeZone,
    days: z.enum(['every-day', 'trading-days']).default('every-day'),
  }),
  relook: z.strictObject({
    afterDays: z
      .array(z.number().int().min(1).max(3650))
      .max(10)
      .transform((days) => [...new Set(days)].sort((one, other) => one - other)),
  }),
  run: z.strictObject({
    cellsAtOnce: z.number().int().min(1).max(500),
    windowsAtOnce: z.number().int().min(1).max(100),
    patienceMinutes: z.number().positive().max(1440),
    report: z.boolean(),
  }),
  retention: z.strictObject({ archiveAfterDays: z.number().int().min(1).nullable() }),
  telemetry: telemetrySchema,
  alerts: alertsSchema.nullable().default(null),
});

type File = z.infer<typeof fileSchema>;

const coherentFile = fileSchema.superRefine(({ alerts, assets }, context) => {
  for (const [index, { ticker: named }] of (alerts?.rules ?? []).entries()) {
    if (assets.some((asset) => asset.ticker === named)) continue;
    const message = `there is no asset "${named}"`;
    context.addIssue({ code: 'custom', path: ['alerts', 'rules', index, 'ticker'], message });
  }
});

/** One thing with a price, as configured; the first of its sources is used. */
export type Asset = Readonly<z.infer<typeof assetSchema>>;

/** Everything configured, with paths made absolute. */
export interface Settings {
  readonly market: Market;
  readonly lakeFolder: string;
  readonly assets: readonly Asset[];
  readonly sources: Readonly<Record<string, SourceSettings>>;
  readonly csvFiles: File['sources']['csv']['files'];
  readonly schedule: File['schedule'];
  readonly relook: File['relook'];
  readonly run: File['run'];
  /** When raw answers and replaced files are packed away; null: never by itself. */
  readonly retention: File['retention'];
  readonly telemetry: TelemetrySettings;
  /** Who is told of what; null, the default, is nobody of anything. */
  readonly alerts: AlertSettings | null;
  /** The build of a worker deployment that a worker says it is; undefined, the default, is none. */
  readonly deployment?: Deployment;
  /** The variable's text; unset means the address in the lake's runtime.json. */
  readonly temporalAddress?: string;
  readonly temporalCliPath?: string;
  readonly pathFolders: readonly string[];
  /** The user's cache folder, for what we fetch once. */
  readonly cacheFolder: string;
}

/** One build of a worker deployment, as Temporal's worker versioning knows it. */
export interface Deployment {
  readonly name: string;
  readonly buildId: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `.env`, marketlake.yaml, the file laid over it and the environment.
 * @throws SettingsError naming file, line and what to write instead.
 */
export function loadSettings(environment: Environment = environmentWithDotEnv()): Settings {
  const file = readSettingsFile(environment['MARKETLAKE_CONFIG']);
  const market =
    oneOf('MARKETLAKE_MARKET', environment['MARKETLAKE_MARKET'], ['sample', 'live'] as const) ?? file.market;
  const folder = environment['MARKETLAKE_DATA_DIR'] || file.lake.folder.replaceAll('{market}', market);
  return {
    market,
    lakeFolder: isAbsolute(folder)
      ? folder
      : resolve(environment['MARKETLAKE_DATA_DIR'] ? '.' : projectFolder, folder),
    assets: file.assets,
    sources: {
      coingecko: apiSettings('coingecko', file, environment, (key) =>
        key === undefined ? keylessPlan : coingeckoDemoPlan,
      ),
      massive: apiSettings('massive', file, environment, () => massiveFreePlan),
      csv: csvSettings(file),
    },
    csvFiles: file.sources.csv.files,
    schedule: file.schedule,
    relook: file.relook,
    run: file.run,
    retention: file.retention,
    telemetry: telemetrySettings(file.telemetry, environment),
    alerts: file.alerts && alertSettings(file.alerts, environment),
    ...deploymentOf(environment),
    ...optional('temporalAddress', environment['TEMPORAL_ADDRESS']),
    ...optional('temporalCliPath', environment['TEMPORAL_CLI_PATH']),
    pathFolders: (environment['PATH'] ?? '').split(':').filter(Boolean),
    cacheFolder: userCacheDir({
      xdgCacheHome: environment['XDG_CACHE_HOME'],
      homeDir: environment['HOME'] || homedir(),
      platform: process.platform,
    }),
  };
}

/** The two variables by which Temporal's own worker controller names a build. */
function deploymentOf(environment: Environment): { readonly deployment?: Deployment } {
  const name = environment['TEMPORAL_DEPLOYMENT_NAME'];
  const buildId = environment['TEMPORAL_WORKER_BUILD_ID'];
  if (!name && !buildId) return {};
  if (name && buildId) return { deployment: { name, buildId } };
  throw new SettingsError(
    'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together: set both to version the workers, or neither',
  );
}

/** A webhook's address is a secret: whoever knows it can write there. */
function alertSettings({ webhooks, ...alerts }: AlertsOfFile, environment: Environment): AlertSettings {
  return {
    ...alerts,
    webhooks: webhooks.map((webhook) => {
      const variable = webhookVariable(webhook.name);
      const url = secretOf(environment, variable);
      const fault = url === undefined ? undefined : addressFault(url);
      if (fault !== undefined) throw new SettingsError(`What ${variable} holds ${fault}`);
      return { ...webhook, variable, url };
    }),
  };
}

/** Connection options and namespace for a Temporal server, by Temporal's own environment configuration. */
export function temporalConnection(address: string | undefined): ReturnType<typeof loadClientConnectConfig> {
  const config = loadClientConnectConfig({ overrideEnvVars: withTemporalKey(process.env) });
  return address ? { ...config, connectionOptions: { ...config.connectionOptions, address } } : config;
}

/** Every secret that was configured, for the wall that blots them out of what a process tells of itself. */
export function configuredSecrets(
  settings: Pick<Settings, 'sources' | 'alerts'>,
  environment: Environment = process.env,
): string[] {
  const { apiKey } = loadClientConnectConfig().connectionOptions;
  const headers = ['', '_TRACES'].map((signal) => environment[`OTEL_EXPORTER_OTLP${signal}_HEADERS`] ?? '');
  return [
    ...Object.values(settings.sources).map((source) => source.apiKey),
    ...(settings.alerts?.webhooks ?? []).flatMap(({ url }) => (url === undefined ? [] : secretsOfUrl(url))),
    typeof apiKey === 'string' ? apiKey : undefined,
    ...headers.flatMap(headerValues),
  ].filter((secret) => secret !== undefined);
}

/** A short path is no secret, and blotting it out would spoil every line. */
function secretsOfUrl(url: string): string[] {
  const { pathname, search } = new URL(url);
  return [url, `${pathname}${search}`].filter((part) => part.length >= 12);
}

/** Tells whether colours are wanted on a terminal: NO_COLOR, set to anything, says no. */
export function isColourWanted(): boolean {
  return !process.env['NO_COLOR'];
}

/** The whole environment, for the programs we start ourselves, with some variables set. */
export function environmentFor(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}

function environmentWithDotEnv(): Environment {
  const dotEnv = join(projectFolder, '.env');
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv);
  return process.env;
}

/** Temporal's own configuration knows no file for its key, so it is handed what the file holds. */
function withTemporalKey(environment: Environment): Record<string, string> {
  const given = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const key = secretOf(environment, 'TEMPORAL_API_KEY');
  return { ...Object.fromEntries(given), ...optional('TEMPORAL_API_KEY', key) };
}

/**
 * Reads a secret from its variable, or from the file that NAME_FILE names, as Docker and Kubernetes hand secrets over.
 * One newline at the file's end is not part of it.
 * @throws SettingsError that names variables and file, never what they hold.
 */
export function secretOf(environment: Environment, name: string): string | undefined {
  const fileVariable = `${name}_FILE`;
  const path = environment[fileVariable];
  if (!path) return environment[name] || undefined;
  if (environment[name])
    throw new SettingsError(`${name} and ${fileVariable} are both set: unset the one that is not meant`);
  const secret = readSecret(path, fileVariable).replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new SettingsError(`${fileVariable} names ${path}, which is empty: write the secret into it`);
}

function readSecret(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new SettingsError(
      `${variable} names ${path}, which cannot be read (${found}): correct the path, or let the process read the file`,
    );
  }
}

/** What a plan allows where marketlake.yaml leaves it out. */
interface DefaultPlan {
  readonly requestsPerMinute: number;
  readonly requestsPerMonth: number | null;
}

const keylessPlan: DefaultPlan = { requestsPerMinute: 5, requestsPerMonth: null };
const coingeckoDemoPlan: DefaultPlan = { requestsPerMinute: 25, requestsPerMonth: 10_000 };
const massiveFreePlan: DefaultPlan = { requestsPerMinute: 5, requestsPerMonth: null };

function apiSettings(
  name: 'coingecko' | 'massive',
  file: File,
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

function assetCountOf(name: string, { assets }: File): number {
  return assets.filter(({ sources }) => sources.some(({ dataset }) => dataset.startsWith(`${name}.`))).length;
}

/** What stands behind a question mark or before an at sign may be a key. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '?…').replace(/^.*@/s, '…@');
}

function csvSettings(file: File): SourceSettings {
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

function readSettingsFile(overlayPath: string | undefined): File {
  const base = readYaml(join(projectFolder, 'marketlake.yaml'));
  const overlay = overlayPath ? readYaml(resolve(overlayPath)) : undefined;
  const merged = overlay ? layOver(base.value, overlay.value ?? {}) : base.value;
  const parsed = coherentFile.safeParse(merged);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.slice(0, 5).map((issue) => {
    const at = overlay && overlay.lineOf(issue.path) !== undefined ? overlay : base;
    return `${at.path}:${at.lineOf(issue.path) ?? 1}: ${issue.path.join('.') || 'the file'}: ${issue.message}`;
  });
  throw new SettingsError(sentences.join('\n'));
}

interface YamlFile {
  readonly path: string;
  readonly value: unknown;
  /** The line of the deepest part of a path that is there; undefined where not even its first part is. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

function readYaml(path: string): YamlFile {
  if (!existsSync(path)) {
    throw new SettingsError(
      `${path} is not there. MARKETLAKE_CONFIG must name a YAML file; unset it to use marketlake.yaml alone.`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const error = document.errors[0];
  if (error)
    throw new SettingsError(
      `${path}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? ''}`,
    );
  return { path, value: valueOf(document, lines, path), lineOf: (at) => lineOf(document, lines, at) };
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SettingsError(
      `${path} cannot be read as UTF-8 text (${found}): name a YAML file, saved as UTF-8`,
    );
  }
}

function valueOf(document: Document.Parsed, lines: LineCounter, path: string): unknown {
  visit(document, {
    Pair: (_, { key }) => {
      // It would set what stands behind every map, and the check of the shape passes over it.
      if (!isScalar(key) || key.value !== '__proto__') return;
      const { line } = lines.linePos(key.range?.[0] ?? 0);
      throw new SettingsError(`${path}:${line}: __proto__ is no name: leave it out`);
    },
  });
  let value: unknown;
  try {
    value = document.toJS();
    JSON.stringify(value);
  } catch (error) {
    const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new SettingsError(
      `${path}: its aliases cannot be resolved (${found}): write out what they stand for`,
    );
  }
  return value;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    const range =
      node && typeof node === 'object' && 'range' in node ? (node.range as number[] | null) : undefined;
    if (range) return lines.linePos(range[0] ?? 0).line;
  }
  return undefined;
}

/** Maps are merged key by key; anything else, lists too and by null too, is replaced. */
function layOver(base: unknown, overlay: unknown): unknown {
  if (!isMap(base) || !isMap(overlay)) return overlay;
  const keys = new Set([...Object.keys(base), ...Object.keys(overlay)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in overlay ? layOver(base[key], overlay[key]) : base[key]]),
  );
}

/** A set or another thing with a tag of YAML's is no map: laid over one it would say nothing. */
function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (!value) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice) return choice;
  throw new SettingsError(`${name} is "${value}": write ${choices.join(' or ')}`);
}

function optional<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return value ? ({ [name]: value } as { [P in K]: string }) : {};
}

function hasUniqueTickers(assets: readonly { ticker: string }[]): boolean {
  return new Set(assets.map((asset) => asset.ticker)).size === assets.length;
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The user's cache folder: `$XDG_CACHE_HOME`, else where the system keeps caches. */
export function userCacheDir(user: {
  readonly xdgCacheHome: string | undefined;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
}): string {
  if (user.xdgCacheHome !== undefined && user.xdgCacheHome !== '') return user.xdgCacheHome;
  return user.platform === 'darwin' ? join(user.homeDir, 'Library', 'Caches') : join(user.homeDir, '.cache');
}
