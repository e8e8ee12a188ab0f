import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeReport } from '../../report/write-report.ts';
import type { TinyLake } from '../warehouse/tiny-lake.ts';
import { fullLake, requestOf } from './synthetic-lake.ts';

const chromiumPath = process.env['MARKETLAKE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = existsSync(chromiumPath);
const title = isThere
  ? 'the page in Chromium'
  : 'the page in Chromium (skipped: MARKETLAKE_TEST_CHROMIUM names none)';

const looks = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((theme) => ({ width, theme })));

/** What a page said and asked for while it was looked at. */
interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** Runs in the page, which has a DOM that this project's types leave out. */
const evaluated = {
  overflow: 'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  widest: `[...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1
    && !element.closest('.scroll, pre, .across')).map((element) => element.outerHTML.slice(0, 80))`,
  openAll: `document.querySelectorAll('details').forEach((details) => { details.open = true; })`,
  reachable: `[...document.querySelectorAll('a[href], summary, .scroll, pre')].filter((element) => element.checkVisibility()).length`,
  focused: `(() => { const at = document.activeElement; if (!at || at === document.body) return 'none';
    window.marks ??= new Map(); if (!window.marks.has(at)) window.marks.set(at, String(window.marks.size)); return window.marks.get(at); })()`,
  background: 'getComputedStyle(document.body).backgroundColor',
  nameless: `[...document.querySelectorAll('svg')].filter((svg) => {
    const words = svg.getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    return svg.getAttribute('role') !== 'img' || words.length !== 2 || words.some((text) => text.length < 5);
  }).length`,
  repeatedIds: `(() => { const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return ids.length - new Set(ids).size; })()`,
};

describe.skipIf(!isThere)(title, () => {
  let lake: TinyLake;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    lake = await fullLake();
    url = pathToFileURL((await writeReport(requestOf(lake))).path).href;
    // Containers run tests as root, for whom Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    await lake?.remove();
  });

  async function open(width: number, theme: 'light' | 'dark'): Promise<Watched> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    return { page, complaints, requests };
  }

  test.each(looks)(
    'at $width px, $theme: asks for nothing, complains of nothing',
    async ({ width, theme }) => {
      const { page, complaints, requests } = await open(width, theme);
      await page.evaluate(evaluated.openAll);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      await page.close();
    },
  );

  test.each(looks)('at $width px, $theme: nothing is wider than the screen, open or closed', async (look) => {
    const { page } = await open(look.width, look.theme);
    expect(await page.evaluate(evaluated.overflow)).toBe(0);
    await page.evaluate(evaluated.openAll);
    expect(await page.evaluate(evaluated.overflow)).toBe(0);
    expect(await page.evaluate(evaluated.widest)).toEqual([]);
    await page.close();
  });

  test.each(looks)('at $width px, $theme: all six charts are there and large enough to see', async (look) => {
    const { page } = await open(look.width, look.theme);
    const seen = page.locator('figure svg:visible');
    expect(await seen.count()).toBe(6);
    for (const svg of await seen.all()) {
      const box = await svg.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThan(150);
    }
    await page.close();
  });

  test('every picture has a name and a description, and no two things one id', async () => {
    const { page } = await open(1280, 'light');
    expect(await page.evaluate(evaluated.nameless)).toBe(0);
    expect(await page.evaluate(evaluated.repeatedIds)).toBe(0);
    await page.close();
  });

  test('the themes differ, and paper is always light', async () => {
    const { page } = await open(1280, 'dark');
    expect(await page.evaluate(evaluated.background)).toBe('rgb(20, 23, 28)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(evaluated.background)).toBe('rgb(255, 255, 255)');
    await page.close();
  });

  test('the keyboard reaches every link, every box that opens, and every table that scrolls', async () => {
    const { page } = await open(390, 'light');
    await page.evaluate(evaluated.openAll);
    const expected = Number(await page.evaluate(evaluated.reachable));
    const reached = new Set<unknown>();
    for (let press = 0; press <= expected + 5; press += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(evaluated.focused));
    }
    reached.delete('none');
    expect(expected).toBeGreaterThan(50);
    expect(reached.size).toBe(expected);
    await page.close();
  });

  test('a box opens and closes by keyboard alone', async () => {
    const { page } = await open(390, 'light');
    const box = page.locator('details').first();
    await box.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await box.getAttribute('open')).toBe('');
    await page.close();
  });
});
