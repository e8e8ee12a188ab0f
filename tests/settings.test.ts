import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sourcesAsked } from '../client/command/sources-asked.ts';
import { loadSettings, projectFolder, SettingsError, temporalConnection } from '../settings.ts';
import { knownApis, knownSources } from '../sources/index.ts';
import { sourceAccess } from '../sources/source-access.ts';
import { sourceVariables } from '../sources/usual.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marketlake-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file to be laid over marketlake.yaml and answers the environment that names it. */
function overlay(text: string): Record<string, string> {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, text);
  return { MARKETLAKE_CONFIG: path };
}

function refusal(environment: Record<string, string>): string {
  try {
    loadSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.replaceAll(folder, '');
    throw error;
  }
  throw new Error('the settings were accepted');
}

test('a base URL that cannot be used is not repeated with what may be a key in it', () => {
  const said = ['nowhere?apiKey=canary', 'http://somebody:canary@'].map((url) =>
    refusal({ MASSIVE_BASE_URL: url }),
  );
  expect(said.join('\n')).toMatch(/MASSIVE_BASE_URL is "nowhere\?…"/);
  expect(said.join('\n')).not.toContain('canary');
});

describe('marketlake.yaml', () => {
  test('as it comes holds the seven assets of the sample market, in a lake of its own', () => {
    const settings = loadSettings({});
    expect(settings.assets.map((asset) => asset.ticker)).toEqual([
      'BTC',
      'AAPL',
      'GOOGL',
      'MSFT',
      'SPY',
      'EURUSD',
      'GBPUSD',
    ]);
    expect(settings.market).toBe('sample');
    expect(settings.lakeFolder).toBe(join(projectFolder, 'data', 'sample'));
    expect(settings.sources['massive']?.requestsPerMinute).toBe(5);
  });

  test('gives the live market another lake, and its own address wins over the file', () => {
    const live = loadSettings({ MARKETLAKE_MARKET: 'live' });
    expect(live.lakeFolder).toBe(join(projectFolder, 'data', 'live'));
    const given = loadSettings({ MASSIVE_BASE_URL: 'http://127.0.0.1:1/massive/' });
    expect(given.sources['massive']).toMatchObject({
      baseUrl: 'http://127.0.0.1:1/massive',
      isBaseUrlGiven: true,
    });
  });

  test('lets a CoinGecko key raise its request rate, and a configured rate wins over both', () => {
    expect(loadSettings({}).sources['coingecko']?.requestsPerMinute).toBe(5);
    expect(loadSettings({ COINGECKO_API_KEY: 'k' }).sources['coingecko']?.requestsPerMinute).toBe(25);
    const environment = overlay(
      'sources:\n  coingecko:\n    plan: { requestsPerMinute: null, historyDays: null }\n',
    );
    const unlimited = loadSettings({ ...environment, COINGECKO_API_KEY: 'k' }).sources['coingecko'];
    expect(unlimited).toMatchObject({ requestsPerMinute: null, historyDays: null, apiKey: 'k' });
  });
});

describe('a source', () => {
  const live = (text: string, environment = {}): ReturnType<typeof loadSettings>['sources'] =>
    loadSettings({ ...overlay(text), ...environment }).sources;

  test('of the registry is configured without a word in marketlake.yaml', () => {
    expect(Object.keys(loadSettings({}).sources)).toEqual([...knownSources.keys()]);
    for (const { name, usual } of knownApis) {
      const { baseUrl, final, plan } = usual;
      expect(loadSettings({}).sources[name]).toMatchObject({ name, baseUrl, final, ...plan });
    }
  });

  test.each(['sources:\n', 'sources: {}\n', 'sources:\n  massive:\n  csv:\n'])(
    'of which nothing is said (%j) is as usual',
    (text) => expect(live(text)).toEqual(loadSettings({}).sources),
  );

  test('differs only in what is said of it', () => {
    const { massive, coingecko, csv } = loadSettings({}).sources;
    const said = live(
      'sources:\n  massive: { final: { time: "02:00" }, plan: { historyDays: 1825 } }\n  coingecko: { baseUrl: https://pro-api.coingecko.com/api/v3/ }\n  csv: { folder: /files }\n',
    );
    expect(said['massive']).toEqual({
      ...massive,
      final: { time: '02:00', timeZone: 'America/New_York' },
      historyDays: 1825,
    });
    expect(said['coingecko']).toEqual({ ...coingecko, baseUrl: 'https://pro-api.coingecko.com/api/v3' });
    expect(said['csv']).toEqual({ ...csv, baseUrl: '/files' });
  });

  test('that is an API has its address, and its key where it takes one, from the environment', () => {
    for (const { name, usual } of knownApis) {
      const { apiKey, baseUrl } = sourceVariables(name);
      const found = live('', { [apiKey]: 'canary', [baseUrl]: 'http://127.0.0.1:1/' })[name];
      expect(found).toMatchObject({ baseUrl: 'http://127.0.0.1:1', isBaseUrlGiven: true });
      expect(found?.apiKey).toBe(usual.key.need === 'none' ? undefined : 'canary');
    }
  });

  test('is played by the sample market below its own name, and is never asked for real beside it', () => {
    for (const { name, usual } of knownApis) {
      const access = sourceAccess(loadSettings({}), 'http://127.0.0.1:1')(name);
      expect(access.baseUrl).toBe(
        `http://127.0.0.1:1/${name}${new URL(usual.baseUrl).pathname}`.replace(/\/$/, ''),
      );
      expect(() => sourceAccess(loadSettings({}), null)(name)).toThrow(
        `or set ${sourceVariables(name).baseUrl}`,
      );
    }
  });

  test.each([
    [
      'sources:\n  csv: {}\n  masive:\n    plan: {}\n',
      /^\/mine\.yaml:3: sources: there is no source "masive"; did you mean "massive"\? Write one of: .*csv/,
    ],
    ['sources:\n  nothing: {}\n', /^\/mine\.yaml:2: sources: there is no source "nothing"\. Write one of: /],
    ['sources:\n  massive:\n    base: x\n', /^\/mine\.yaml:3: sources\.massive: .*"base"/],
    ['sources:\n  massive:\n    baseUrl: x\n', /^\/mine\.yaml:3: sources\.massive\.baseUrl: /],
    ['sources:\n  csv:\n    baseUrl: x\n', /^\/mine\.yaml:3: sources\.csv: .*"baseUrl"/],
    [
      'sources:\n  csv:\n    files:\n      X: {}\n',
      /^\/mine\.yaml:4: sources\.csv\.files\.X\.file: name either/m,
    ],
    [
      'sources:\n  massive:\n    final:\n      time: soon\n',
      /^\/mine\.yaml:4: sources\.massive\.final\.time: a time of day/,
    ],
    [
      'sources:\n  massive:\n    plan:\n      requestsPerHour: 5\n',
      /^\/mine\.yaml:4: sources\.massive\.plan: .*"requestsPerHour"/,
    ],
  ])('said wrongly (%j) is refused with file, line and what to write', (text, message) => {
    expect(refusal(overlay(text))).toMatch(message);
  });
});

describe('a file laid over it', () => {
  test('replaces what it names and leaves the rest', () => {
    const settings = loadSettings(overlay('run: { cellsAtOnce: 3 }\n'));
    expect(settings.run).toEqual({
      ...{ cellsAtOnce: 3, windowsAtOnce: 8, patienceMinutes: 30 },
      ...{ fallback: 'never', report: true },
    });
  });

  test.each([
    ['market: sampel\n', /^\/mine\.yaml:1: market: .*"sample"\|"live"/],
    ['run:\n  cellsAtOnce: 0\n', /^\/mine\.yaml:2: run\.cellsAtOnce: /],
    ['run:\n  celsAtOnce: 5\n', /^\/mine\.yaml:2: run: .*celsAtOnce/],
    ['schedule:\n  time: "25:00"\n', /^\/mine\.yaml:2: schedule\.time: a time of day, HH:MM/],
    ['schedule:\n  timeZone: Mars/Olympus\n', /^\/mine\.yaml:2: schedule\.timeZone: an IANA time zone/],
    [
      'assets:\n  - ticker: BTC\n    class: crypto\n    calendar: lunar\n    sources: [{ dataset: csv.daily_closes, symbol: x }]\n',
      /^\/mine\.yaml:4: assets\.0\.calendar: /,
    ],
    [
      'assets:\n  - ticker: "A B"\n    class: stock\n    calendar: nyse\n    sources: [{ dataset: massive.daily_bars, symbol: x }]\n',
      /^\/mine\.yaml:2: assets\.0\.ticker: a ticker is of letters/,
    ],
    [
      'assets:\n  - ticker: USD\n    class: stock\n    calendar: nyse\n    sources: [{ dataset: massive.daily_bars, symbol: USD }]\n',
      /^\/mine\.yaml:2: assets\.0\.ticker: USD is the dollar itself/,
    ],
    [
      'assets:\n  - ticker: SAP\n    class: stock\n    calendar: nyse\n    currency: eur\n    sources: [{ dataset: massive.daily_bars, symbol: SAP }]\n',
      /^\/mine\.yaml:5: assets\.0\.currency: a currency, such as USD/,
    ],
    ['assets: [\n', /^\/mine\.yaml:\d+: /],
  ])('that is wrong (%j) is refused with file, line and what to write', (text, message) => {
    expect(refusal(overlay(text))).toMatch(message);
  });

  test('that is not there is said to be not there', () => {
    expect(refusal({ MARKETLAKE_CONFIG: '/nowhere/mine.yaml' })).toMatch(
      /\/nowhere\/mine\.yaml is not there/,
    );
  });
});

describe('a quota', () => {
  const massiveOf = (plan: string): unknown =>
    loadSettings(overlay(`sources: { massive: { plan: ${plan} } }\n`)).sources['massive'];

  test('is none unless configured, but for the month of CoinGecko’s free key', () => {
    const { massive, coingecko } = loadSettings({}).sources;
    const none = { requestsPerDay: null, requestsPerMonth: null };
    expect(massive).toMatchObject(none);
    expect(coingecko).toMatchObject(none);
    expect(loadSettings({ COINGECKO_API_KEY: 'k' }).sources['coingecko']).toMatchObject({
      requestsPerMonth: 10_000,
      // One for its asset, and one for its snapshot.
      dailyShare: 2,
    });
  });

  test('keeps one request of a day for each asset of the source, and at most half of it', () => {
    expect(massiveOf('{ requestsPerDay: 500 }')).toMatchObject({ dailyShare: 4 });
    expect(massiveOf('{ requestsPerDay: 5 }')).toMatchObject({ dailyShare: 2 });
    expect(massiveOf('{ requestsPerMonth: 130 }')).toMatchObject({ dailyShare: 2 });
    expect(massiveOf('{ requestsPerDay: 500, dailyShare: 0 }')).toMatchObject({ dailyShare: 0 });
  });

  test('that would leave nothing to backfills is refused where it stands', () => {
    const environment = overlay(
      'sources:\n  massive:\n    plan:\n      requestsPerDay: 5\n      dailyShare: 5\n',
    );
    expect(refusal(environment)).toMatch(/^\/mine\.yaml:5: sources\.massive\.plan\.dailyShare: fewer than/);
  });
});

describe('a secret from a file', () => {
  const file = (text: string): string => {
    const path = join(folder, 'key');
    writeFileSync(path, text);
    return path;
  };

  test.each(['canary', 'canary\n', 'canary\r\n'])('(%j) is its content without one final newline', (text) => {
    const environment = { MASSIVE_API_KEY_FILE: file(text), MASSIVE_API_KEY: '' };
    expect(loadSettings(environment).sources['massive']?.apiKey).toBe('canary');
  });

  test('may be the key of a Temporal server as well, and leaves the rest of its configuration alone', () => {
    vi.stubEnv('TEMPORAL_API_KEY_FILE', file('canary\n'));
    vi.stubEnv('TEMPORAL_NAMESPACE', 'prices');
    expect(temporalConnection('127.0.0.1:1')).toMatchObject({
      namespace: 'prices',
      connectionOptions: { address: '127.0.0.1:1', apiKey: 'canary' },
    });
    vi.unstubAllEnvs();
  });

  test('is refused by the names of variable and file, never by what they hold', () => {
    const both = { MASSIVE_API_KEY: 'canary', MASSIVE_API_KEY_FILE: file('canary') };
    expect(refusal(both)).toBe(
      'MASSIVE_API_KEY and MASSIVE_API_KEY_FILE are both set: unset the one that is not meant',
    );
    expect(refusal({ COINGECKO_API_KEY_FILE: file('\n') })).toMatch(
      /^COINGECKO_API_KEY_FILE names \/key, which is empty/,
    );
    expect(refusal({ MASSIVE_API_KEY_FILE: join(folder, 'nowhere') })).toMatch(
      /\/nowhere, which cannot be read \(ENOENT\)/,
    );
    expect(refusal({ MASSIVE_API_KEY_FILE: folder })).toMatch(/cannot be read \(EISDIR\)/);
  });
});

test('a wrong market or address in the environment is refused with what to write', () => {
  expect(refusal({ MARKETLAKE_MARKET: 'both' })).toBe('MARKETLAKE_MARKET is "both": write sample or live');
  expect(refusal({ COINGECKO_BASE_URL: 'somewhere' })).toMatch(
    /^COINGECKO_BASE_URL is "somewhere": write a URL/,
  );
});

test('.env.example names every variable that the settings read', () => {
  const example = readFileSync(join(projectFolder, '.env.example'), 'utf8');
  const source = readFileSync(join(projectFolder, 'settings.ts'), 'utf8');
  const read = [...source.matchAll(/environment\['([A-Z_]+)'\]/g)].map((match) => match[1] as string);
  read.push('TEMPORAL_API_KEY_FILE');
  const ours = read.filter((name) => !['PATH', 'HOME', 'XDG_CACHE_HOME'].includes(name));
  expect(ours.length).toBeGreaterThan(5);
  expect(ours.filter((name) => !example.includes(`#${name}=`))).toEqual([]);
  // Those of the sources have one pattern, and some examples, each of a source that is registered and reads it.
  const takers = knownApis.flatMap(({ name, usual }) => (usual.key.need === 'none' ? [] : [name]));
  const keys = takers.flatMap((name) => [
    sourceVariables(name).apiKey,
    `${sourceVariables(name).apiKey}_FILE`,
  ]);
  const urls = knownApis.map(({ name }) => sourceVariables(name).baseUrl);
  const shown = [...example.matchAll(/^#(\w+_(?:API_KEY|API_KEY_FILE|BASE_URL))=/gm)].map(
    (match) => match[1],
  );
  expect(shown.length).toBeGreaterThan(3);
  expect([...keys, ...urls, 'TEMPORAL_API_KEY', 'TEMPORAL_API_KEY_FILE']).toEqual(
    expect.arrayContaining(shown),
  );
});

describe('a build of a deployment', () => {
  test('is none unless both of its variables are set, and half of one is a mistake', () => {
    const both = { TEMPORAL_DEPLOYMENT_NAME: 'marketlake', TEMPORAL_WORKER_BUILD_ID: '0.1.0' };
    expect(loadSettings({}).deployment).toBeUndefined();
    expect(loadSettings(both).deployment).toEqual({ name: 'marketlake', buildId: '0.1.0' });
    for (const name of Object.keys(both))
      expect(() => loadSettings({ ...both, [name]: '' })).toThrow(/belong together/);
  });
});

describe('an asset with several sources', () => {
  const coin = (currency: string, ...datasets: string[]): string =>
    JSON.stringify({
      assets: [
        {
          ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency },
          sources: datasets.map((dataset) => ({ dataset, symbol: 'btc' })),
        },
      ],
    });

  test('asks only the first unless that is configured, and names each dataset once', () => {
    const settings = loadSettings(overlay(coin('USD', 'coingecko.market_chart', 'csv.daily_closes')));
    expect(settings.run.fallback).toBe('never');
    expect(sourcesAsked(settings)).toEqual(['coingecko']);
    expect(sourcesAsked({ ...settings, run: { ...settings.run, fallback: 'on-failure' } })).toEqual([
      'coingecko',
      'csv',
    ]);
    expect(refusal(overlay(coin('USD', 'csv.daily_closes', 'csv.daily_closes')))).toContain(
      'each dataset once',
    );
  });

  test('takes none whose contract counts in another currency, wherever in the list it stands', () => {
    expect(refusal(overlay(coin('EUR', 'csv.daily_closes', 'coingecko.market_chart')))).toContain(
      "mine.yaml:1: assets.0.sources.1.dataset: its prices are in USD, and BTC's currency is EUR",
    );
    // Pairs count in their own quote currency, files as they are.
    expect(loadSettings(overlay(coin('EUR', 'csv.daily_closes', 'massive.daily_bars'))).assets).toHaveLength(
      1,
    );
  });
});
