import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  addressFault,
  webhookVariable,
  type AlertSettings,
  type AlertsOfFile,
} from './alerts/alert-settings.ts';
import type { Market } from './lake/identity.ts';
import { optional, secretOf, type Environment } from './settings/secret-of.ts';
import { SettingsError } from './settings/settings-error.ts';
import { readSettingsFile } from './settings/settings-file.ts';
import type { Asset, SettingsFile } from './settings/shape.ts';
import { sourceSettings } from './settings/source-plans.ts';
import type { CsvFiles } from './sources/csv.ts';
import type { SourceSettings } from './sources/source-settings.ts';
import { headerValues } from './telemetry/hiding.ts';
import { telemetrySettings, type TelemetrySettings } from './telemetry/telemetry-settings.ts';

export { secretOf } from './settings/secret-of.ts';
export { SettingsError } from './settings/settings-error.ts';
export type { Asset } from './settings/shape.ts';

/** The one module that reads the environment and marketlake.yaml; everybody else is handed what it needs. */

/** Where this project lies. */
export const projectFolder = dirname(fileURLToPath(import.meta.url));

/** Everything configured, with paths made absolute. */
export interface Settings {
  readonly market: Market;
  readonly lakeFolder: string;
  readonly assets: readonly Asset[];
  /** The rankings that each daily run takes, and how many of each. */
  readonly snapshots: SettingsFile['snapshots'];
  readonly sources: Readonly<Record<string, SourceSettings>>;
  readonly csvFiles: CsvFiles;
  readonly schedule: SettingsFile['schedule'];
  readonly relook: SettingsFile['relook'];
  readonly run: SettingsFile['run'];
  /** When raw answers and replaced files are packed away; null: never by itself. */
  readonly retention: SettingsFile['retention'];
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

/**
 * Reads `.env`, marketlake.yaml, the file laid over it and the environment.
 * @throws SettingsError naming file, line and what to write instead.
 */
export function loadSettings(environment: Environment = environmentWithDotEnv()): Settings {
  const file = readSettingsFile(join(projectFolder, 'marketlake.yaml'), environment['MARKETLAKE_CONFIG']);
  const market =
    oneOf('MARKETLAKE_MARKET', environment['MARKETLAKE_MARKET'], ['sample', 'live'] as const) ?? file.market;
  const folder = environment['MARKETLAKE_DATA_DIR'] || file.lake.folder.replaceAll('{market}', market);
  return {
    market,
    lakeFolder: isAbsolute(folder)
      ? folder
      : resolve(environment['MARKETLAKE_DATA_DIR'] ? '.' : projectFolder, folder),
    assets: file.assets,
    snapshots: file.snapshots,
    sources: sourceSettings(file, environment, projectFolder),
    csvFiles: file.sources.csv.files ?? {},
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

/** The user's cache folder: `$XDG_CACHE_HOME`, else where the system keeps caches. */
export function userCacheDir(user: {
  readonly xdgCacheHome: string | undefined;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
}): string {
  if (user.xdgCacheHome !== undefined && user.xdgCacheHome !== '') return user.xdgCacheHome;
  return user.platform === 'darwin' ? join(user.homeDir, 'Library', 'Caches') : join(user.homeDir, '.cache');
}
