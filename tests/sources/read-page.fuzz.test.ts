import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { createSources } from '../../sources/index.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { Ask, Resource } from '../../sources/source.ts';
import { exchanges, type Day } from './candles.ts';
import { cellOf, rangeAsk, resourceOf } from './support.ts';

const csvFiles = {
  THING: csvFileSchema.parse({ file: 'a.csv', dateColumn: 'date', columns: { close: 'close' } }),
};
const sources = createSources({ csvFiles });
const resource = (source: string, name: string): Resource => {
  const found = sources.get(source);
  if (found === undefined) throw new Error(`no ${source}`);
  return resourceOf(found, name);
};

const stamp = Date.parse('2026-01-03T00:00:00Z');
const bar = { o: 1, h: 1, l: 1, c: 1, v: 1, vw: 1, n: 1 };
const next_url = 'https://api.massive.com/v2/aggs/ticker/THING/range/1/day/1/2?cursor=x';
interface Subject {
  readonly reader: Resource;
  readonly ask: Ask;
  readonly valid: string;
  /** Unless it is THING. */
  readonly symbol?: string;
}
const range = rangeAsk('THING', '2026-01-02', '2026-01-02');
const subjects: Record<string, Subject> = {
  coingecko: {
    reader: resource('coingecko', 'market_chart'),
    ask: range,
    valid: JSON.stringify({
      prices: [[stamp, 1]],
      market_caps: [[stamp, null]],
      total_volumes: [[stamp, 2]],
    }),
  },
  coincap: {
    reader: resource('coincap', 'history'),
    ask: range,
    valid: JSON.stringify({
      data: [{ priceUsd: '1.0000000000000001', time: stamp - 86_400_000 }],
      timestamp: stamp,
    }),
  },
  coinpaprika: {
    reader: resource('coinpaprika', 'historical'),
    ask: range,
    valid: JSON.stringify([
      { timestamp: '2026-01-02T00:00:00Z', price: 1, volume_24h: '', market_cap: null },
    ]),
  },
  'massive range': {
    reader: resource('massive', 'daily_bars'),
    ask: range,
    valid: JSON.stringify({
      status: 'OK',
      ticker: 'THING',
      results: [{ ...bar, t: stamp - 68_400_000 }],
      next_url,
    }),
  },
  'massive grouped': {
    reader: resource('massive', 'daily_bars'),
    ask: { kind: 'grouped', group: 'stocks', date: '2026-01-02' },
    valid: JSON.stringify({ status: 'OK', results: [{ ...bar, T: 'THING', t: stamp }], next_url }),
  },
  frankfurter: {
    reader: resource('frankfurter', 'daily_rates'),
    ask: rangeAsk('EURUSD', '2026-01-02', '2026-01-02'),
    symbol: 'EURUSD',
    valid: JSON.stringify({
      amount: 1,
      base: 'EUR',
      start_date: '2026-01-02',
      end_date: '2026-01-05',
      rates: { '2026-01-02': { USD: 1.1 }, '2026-01-05': { USD: 1.11 } },
    }),
  },
  'csv folder': {
    reader: resource('csv', 'daily_closes'),
    ask: range,
    valid: '\u001c"a/1.csv"\ndate,close\n2026-01-02,1\n\u001c"a/2.csv"\nclose,date\n2,2026-01-03\n',
  },
  csv: {
    reader: resource('csv', 'daily_closes'),
    ask: range,
    valid: 'date,close\n2026-01-02,1\n2026-01-03,"2"\n',
  },
};

const candle: Day = {
  startMs: Date.parse('2026-01-02T00:00:00Z'),
  ...{ open: 1.5, high: 2.5, low: 0.5, close: 1.25, volume: 10.5 },
};
for (const { name, candles, encode } of exchanges)
  subjects[name] = { reader: candles, ask: range, valid: JSON.stringify(encode([candle])) };

/** Reads a page whole; anything but a SourceError gets out. True where it could be read. */
function reads({ reader, ask, symbol = 'THING' }: Subject, body: Uint8Array): boolean {
  try {
    const { rowCount, next } = reader.readPage({ body }, ask);
    const rows = reader.rowsOfCell([{ body }], ask, cellOf(symbol, '2026-01-02'));
    expect(rows.length).toBeLessThanOrEqual(rowCount);
    if (next !== undefined) expect(next.target).toMatch(/^\/v2\/aggs\//);
    return true;
  } catch (error) {
    if (error instanceof SourceError) return false;
    throw error;
  }
}

describe.each(Object.entries(subjects))('%s', (_, subject) => {
  it('reads its valid answer, so that what follows mutates something real', () => {
    expect(reads(subject, Buffer.from(subject.valid))).toBe(true);
    expect(
      subject.reader.rowsOfCell(
        [{ body: Buffer.from(subject.valid) }],
        subject.ask,
        cellOf(subject.symbol ?? 'THING', '2026-01-02'),
      ),
    ).toHaveLength(1);
  });

  it('refuses arbitrary bytes with nothing but a SourceError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => typeof reads(subject, body) === 'boolean'),
    );
  });

  it('meets a mutated answer with nothing but a SourceError', () => {
    const valid = Buffer.from(subject.valid);
    const at = fc.nat({ max: valid.length });
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.json({ maxDepth: 2 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom('null', '-1', '1e999', '"NaN"', '{}', '[]', '""', ',', '\n', '"', '9'.repeat(30))
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(at, at, piece, (one, other, middle) => {
        const body = Buffer.concat([
          valid.subarray(0, Math.min(one, other)),
          middle,
          valid.subarray(Math.max(one, other)),
        ]);
        return typeof reads(subject, body) === 'boolean';
      }),
      { numRuns: 500 },
    );
  });
});
