import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { replaceFile, readReport, writeReport, type ReportRequest } from '../../report/write-report.ts';
import { assets, type TinyLake } from '../warehouse/tiny-lake.ts';
import {
  fullLake,
  lastDay,
  requestOf,
  syntheticLake,
  uiUrl,
  wave,
  type SyntheticAsset,
} from './synthetic-lake.ts';

const btc: SyntheticAsset = { asset: assets.BTC, days: 40, close: wave(50_000, 0.01, 0.02) };
const fallen: SyntheticAsset = { asset: assets.VIX, days: 40, close: wave(20, -0.01, 0.01) };
const aapl: SyntheticAsset = { asset: assets.AAPL, days: 40, close: wave(200, 0.02, 0.01) };

/** The page of a lake with something of everything, and its text. */
let full: TinyLake;
let fullPage: string;
/** A lake of one test's own. */
let lake: TinyLake | undefined;

beforeAll(async () => {
  full = await fullLake();
  fullPage = await textOf(full);
});

afterAll(() => full.remove());

afterEach(async () => {
  await lake?.remove();
  lake = undefined;
});

async function textOf(made: TinyLake, more: Partial<ReportRequest> = {}): Promise<string> {
  return readFile((await writeReport(requestOf(made, more))).path, 'utf8');
}

async function pageOf(contents: readonly SyntheticAsset[]): Promise<string> {
  lake = await syntheticLake(contents);
  return textOf(lake);
}

describe('what the page says', () => {
  test('it opens with what a dollar in Bitcoin became, and how many others did better', () => {
    expect(fullPage).toMatch(
      /<h1>From <time>2024-01-22<\/time> to <time>2024-03-01<\/time> a dollar in Bitcoin became \$1\.\d\d; 1 of 2 others did better\.<\/h1>/,
    );
  });

  test('its parts stand in the order of their weight', () => {
    const ids = ['chart-performance', 'returns', 'assets', 'charts', 'cells', 'quality', 'know'];
    const found = ['<h1>', ...ids.map((id) => `id="${id}"`)].map((place) => fullPage.indexOf(place));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((left, right) => left - right));
  });

  test('a price leads back to its source, time, contract, batch and run', () => {
    for (const word of ['coingecko.market_chart, as bitcoin', 'batch-BTC', 'Contract', 'Fetched', 'sha-1'])
      expect(fullPage).toContain(word);
    const workflow = encodeURIComponent(`sample-abc123/partition/${lastDay}/BTC`);
    expect(fullPage).toContain(`href="${uiUrl}/namespaces/default/workflows/${workflow}"`);
    expect(fullPage).toContain(`workflows/${encodeURIComponent('sample-abc123/daily/2024-03-01')}"`);
  });

  test('where no Temporal UI is known, ids stand as text', async () => {
    const page = await textOf(full, { uiUrl: null });
    expect(page).not.toContain('/namespaces/');
    expect(page).toContain(`partition/${lastDay}/BTC`);
  });

  test('an address that is none of the web never becomes a link', async () => {
    expect(await textOf(full, { uiUrl: 'javascript:alert(1)//' })).not.toContain('javascript:');
  });

  test('a move is told by sign and arrow, not by colour alone', () => {
    expect(fullPage).toMatch(/class="number up\d"[^>]*>▲ \+/);
    expect(fullPage).toMatch(/class="number down\d"[^>]*>▼ −/);
  });

  test('refused, missing and restated cells are named with their reason and their workflow', () => {
    expect(fullPage).toContain('✗ refused');
    expect(fullPage).toContain('close.positive: measured -1');
    expect(fullPage).toContain('○ missing');
    expect(fullPage).toContain('● published, restated');
    expect(fullPage).toMatch(/aria-label="AAPL 2024-02-28 refused: [^"]*"[^>]*>✗<\/a>/);
    expect(fullPage).toMatch(/Published<\/dt><dd>\d+ cells, 1 restated/);
  });

  test('only the sample market is called synthetic, on the page and on each picture', async () => {
    await textOf(full);
    const picture = join(full.folder, 'report/charts/performance.svg');
    expect(fullPage).toContain('Synthetic prices');
    expect(await readFile(picture, 'utf8')).toContain('>synthetic<');
    expect((await textOf(full, { market: 'live' })).toLowerCase()).not.toContain('synthetic');
    expect(await readFile(picture, 'utf8')).not.toContain('synthetic');
  });

  test('nothing on it is loaded from anywhere or runs', () => {
    expect(fullPage).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`);
    expect(fullPage).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=/);
  });

  test('no number is missing without a word', () => {
    expect(fullPage).not.toMatch(/undefined|NaN|null/);
  });

  test('a ticker that looks like markup stays text', async () => {
    const asset = { ...assets.AAPL, ticker: '<b>&"x' };
    const page = await pageOf([btc, { ...aapl, asset }]);
    expect(page).not.toContain('<b>');
    expect(page).toContain('&#60;b&#62;&#38;&#34;x');
  });

  test('the same warehouse gives the same page', async () => {
    expect(await textOf(full)).toBe(fullPage);
  });

  test('programs get the same facts as JSON', async () => {
    const report = await readReport(full.warehousePath);
    expect(report.headline).toContain('a dollar in Bitcoin');
    expect(report.absentTables).toEqual([]);
    const year = report.performance.filter((row) => row.period === '1Y');
    expect(year.map((row) => row.ticker)).toEqual(['AAPL', 'BTC', '^VIX']);
    const march = report.months.find((row) => row.ticker === 'BTC' && row.month === '2024-03');
    expect(march?.glyphs).toBe('●');
  });
});

describe('what is not there', () => {
  test('an empty warehouse is said to be one', async () => {
    const page = await pageOf([]);
    expect(page).toContain('<h1>Nothing has been published yet, so there is nothing to compare.</h1>');
    expect(page.match(/Not enough prices to draw this yet/g)).toHaveLength(6);
    expect(page).not.toMatch(/undefined|NaN|null/);
  });

  test('a single asset has nothing to be held against', async () => {
    const page = await pageOf([btc]);
    expect(page).toContain('there is no other asset to hold against it.');
    expect(page).not.toMatch(/undefined|NaN|null/);
  });

  test('one day is no return', async () => {
    const page = await pageOf([
      { ...btc, days: 1 },
      { ...aapl, days: 1 },
    ]);
    expect(page).toMatch(
      /Bitcoin closed at [\d,.]+ USD on <time>2024-03-01<\/time>\. One day is no return yet\./,
    );
    expect(page).toContain('one day only, no change yet');
    expect(page).not.toMatch(/undefined|NaN|null/);
  });

  test('without Bitcoin the page says so, and still shows the others', async () => {
    const page = await pageOf([aapl, fallen]);
    expect(page).toContain('Bitcoin has no price here, so nothing is held against it.');
    expect(page).toContain('AAPL did best of 2 assets');
    expect(page).toContain('id="performance-title"');
    expect(page).not.toMatch(/undefined|NaN|null/);
  });

  test('a chart that has nothing to show leaves no old picture behind', async () => {
    lake = await syntheticLake([{ ...btc, days: 1 }]);
    const request = requestOf(lake);
    await replaceFile(join(request.outFolder, 'charts/volatility.svg'), '<svg/>');
    const { charts } = await writeReport(request);
    expect(charts).not.toContain('volatility');
    expect(await readdir(join(request.outFolder, 'charts'))).not.toContain('volatility.svg');
  });
});

test('the page takes the place of the old one whole, or leaves it as it was', async () => {
  lake = await syntheticLake([btc]);
  const request = requestOf(lake);
  await replaceFile(join(request.outFolder, 'index.html'), 'old');
  const { path } = await writeReport(request);
  const written = await readFile(path, 'utf8');
  expect(written).toContain('<!doctype html>');
  expect((await readdir(request.outFolder)).sort()).toEqual(['charts', 'index.html']);
  await writeFile(lake.warehousePath, 'not a database');
  await expect(writeReport(request)).rejects.toThrow();
  expect(await readFile(path, 'utf8')).toBe(written);
});

test('of many assets the charts show a few, say which, and the tables show all', async () => {
  const many = Array.from({ length: 14 }, (_, index): SyntheticAsset => {
    const ticker = `S${String(index).padStart(2, '0')}`;
    return {
      asset: { ...assets.AAPL, ticker, symbol: ticker },
      days: 40,
      close: wave(100 + index, index / 2000, 0.02),
    };
  });
  const page = await pageOf([btc, ...many]);
  expect(page).toContain('the best four and worst three others of the year');
  const words = (chart: string): string => new RegExp(`id="${chart}-text">([^<]*)<`).exec(page)?.[1] ?? '';
  const drawn = words('performance').match(/\b(?:BTC|S\d\d) [\d.]+/g) ?? [];
  expect(drawn.map((entry) => entry.split(' ')[0])).toHaveLength(8);
  expect(drawn[0]).toMatch(/^BTC /);
  for (const { asset } of many) expect(page).toContain(`id="asset-${asset.ticker}"`);
  expect(
    /<figure id="chart-correlation">.*?<\/figure>/s.exec(page)?.[0].match(/>S\d\d<|>BTC</g),
  ).toHaveLength(24);
});
