import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { createSources } from '../../sources/index.ts';
import { SourceError } from '../../sources/source-error.ts';
import type { Ask, Resource, SourceRow } from '../../sources/source.ts';
import { addDays, midnightUtcMs } from '../../workflows/pure/cell.ts';
import { cellOf, rangeAsk, refusalOf } from '../sources/support.ts';
import { longMs, runs } from './runs.ts';

const sources = createSources({
  csvFiles: {
    THING: csvFileSchema.parse({
      file: 'a.csv',
      dateColumn: 'date',
      columns: { close: 'close', volume: 'volume' },
    }),
  },
});
const first = '2026-01-01';
const days = 8;
const dates = Array.from({ length: days }, (_, index) => addDays(first, index));
const range = rangeAsk('THING', first, dates.at(-1) ?? first);

interface Subject {
  readonly reader: Resource;
  readonly ask: Ask;
  readonly answer: unknown;
  /** The names a cell's rows are asked by: dates of a range. */
  readonly cells: readonly (readonly [symbol: string, date: string])[];
}

const bar = { o: 10.5, h: 12.25, l: 9.125, c: 11.75, v: 1234.5, vw: 10.625, n: 77 };
const subjects: Readonly<Record<string, Subject>> = {
  coingecko: {
    reader: resource('coingecko', 'market_chart'),
    ask: range,
    answer: {
      prices: dates.map((date, index) => [midnightUtcMs(date) + 86_400_000, 100 + index]),
      market_caps: dates.map((date, index) => [midnightUtcMs(date) + 86_400_000, 2000 + index]),
      total_volumes: dates.map((date, index) => [midnightUtcMs(date) + 86_400_000, 30 + index]),
    },
    cells: dates.map((date) => ['THING', date]),
  },
  'massive range': {
    reader: resource('massive', 'daily_bars'),
    ask: range,
    answer: {
      status: 'OK',
      ticker: 'THING',
      resultsCount: days,
      results: dates.map((date, index) => ({
        ...bar,
        c: 11 + index / 8,
        t: midnightUtcMs(date) + 5 * 3_600_000,
      })),
      next_url: 'https://api.massive.com/v2/aggs/ticker/THING/range/1/day/1/2?cursor=x',
    },
    cells: dates.map((date) => ['THING', date]),
  },
  'massive grouped': {
    reader: resource('massive', 'daily_bars'),
    ask: { kind: 'grouped', group: 'stocks', date: first },
    answer: {
      status: 'OK',
      resultsCount: days,
      results: dates.map((date, index) => ({ ...bar, T: `T${index}`, t: midnightUtcMs(date) })),
    },
    cells: dates.map((_, index) => [`T${index}`, first]),
  },
};

function resource(source: string, name: string): Resource {
  const found = sources.get(source)?.resources[name];
  if (found === undefined) throw new Error(`no ${source}.${name}`);
  return found;
}

/** Reads a page whole and all its cells; a refusal is undefined, anything else gets out. */
function read(subject: Subject, body: Uint8Array): { rowCount: number; rows: SourceRow[] } | undefined {
  try {
    const { rowCount } = subject.reader.readPage({ body }, subject.ask);
    const rows = subject.cells.flatMap(([symbol, date]) =>
      subject.reader.rowsOfCell([{ body }], subject.ask, cellOf(symbol, date)),
    );
    return { rowCount, rows };
  } catch (error) {
    if (error instanceof SourceError && error.code !== 'SourceUnavailable') return undefined;
    throw error;
  }
}

type Step = string | number;

/** The places of all values in an answer. */
function placesIn(value: unknown, at: readonly Step[] = []): (readonly Step[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inside]) => placesIn(inside, [...at, key]))];
}

/** All texts and numbers of a value, as they would be written. */
function leavesOf(value: unknown): Set<unknown> {
  const leaves = new Set<unknown>();
  JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'object') leaves.add(each);
    return each;
  });
  return leaves;
}

/** Writes an answer with one value replaced by a piece of text, whatever that makes of it. */
function replaced(answer: unknown, place: readonly Step[], piece: string): string {
  const marked: unknown = structuredClone(answer);
  const last = place.at(-1);
  if (last === undefined) return piece;
  const parent = place.slice(0, -1).reduce<Record<Step, unknown>>(
    (at, step) => at[step] as Record<Step, unknown>, // a place that was listed is there
    marked as Record<Step, unknown>,
  );
  parent[last] = '@@';
  return JSON.stringify(marked).replace('"@@"', () => piece);
}

const pieces = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    ...[
      'null',
      'true',
      '-0',
      '1e999',
      '-1e999',
      '5e-324',
      '18446744073709551617',
      '"NaN"',
      '"Infinity"',
      '"1"',
    ],
    ...[
      '[]',
      '{}',
      '[[]]',
      '{"__proto__":{"close":1}}',
      '{"constructor":1}',
      '""',
      '"\\ud800"',
      '1.5',
      '\ufeff1',
    ],
    ...[
      '{"a":1,"a":2}',
      '1,"results":[]',
      '1,"prices":[]',
      `${'['.repeat(3000)}${']'.repeat(3000)}`,
      '9'.repeat(400),
    ],
  ),
);

describe.each(Object.entries(subjects))('an answer of %s', (_, subject) => {
  const whole = JSON.stringify(subject.answer);

  it('is read whole: as many rows as it holds, each under its cell, of its own values', () => {
    const found = read(subject, Buffer.from(whole));
    expect([found?.rowCount, found?.rows.length]).toEqual([days, days]);
  });

  it('is refused where it is cut off, at whatever byte', () => {
    for (let size = 0; size < whole.length; size += 1) {
      expect(read(subject, Buffer.from(whole.slice(0, size)))).toBeUndefined();
    }
  });

  it(
    'with any value replaced gives a SourceError, or rows of which every value stands in it',
    () => {
      const places = fc.constantFrom(...placesIn(subject.answer));
      fc.assert(
        fc.property(places, pieces, (place, piece) => {
          const text = replaced(subject.answer, place, piece);
          const found = read(subject, Buffer.from(text));
          if (found === undefined) return;
          const said = leavesOf(JSON.parse(text.replace(/^\ufeff/, '')));
          for (const value of found.rows.flatMap((row) => Object.values(row))) {
            if (value === null) continue;
            expect(said.has(value) || said.has(String(value)) || text.includes('e999')).toBe(true);
          }
          expect(found.rows.length).toBeLessThanOrEqual(found.rowCount);
          expect(Object.prototype).not.toHaveProperty('close');
        }),
        runs(250),
      );
    },
    longMs,
  );

  it('with a name written twice, anywhere, is refused: JSON.parse would leave one of the two unread', () => {
    const objects = placesIn(subject.answer).filter((place) => /^[A-Za-z]/.test(String(place.at(-1) ?? '')));
    fc.assert(
      fc.property(fc.constantFrom(...objects), fc.boolean(), (place, isEscaped) => {
        const name = String(place.at(-1));
        const written = isEscaped
          ? `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`
          : name;
        const text = replaced(
          subject.answer,
          place,
          `0,"${written}":${JSON.stringify(valueAt(subject.answer, place))}`,
        );
        expect(read(subject, Buffer.from(text))).toBeUndefined();
      }),
      runs(60),
    );
  });

  it('in whatever order its names stand, and with names nobody knows, says the same', () => {
    const shuffled = Object.fromEntries(Object.entries(subject.answer as object).reverse());
    const more = { ...shuffled, '__proto__ ': 1, ':': '{"a":1,"a":2}', '\\"': [':'] };
    expect(read(subject, Buffer.from(JSON.stringify(more)))).toEqual(read(subject, Buffer.from(whole)));
    expect(read(subject, Buffer.from(`\ufeff${whole}`))).toEqual(read(subject, Buffer.from(whole)));
  });

  it('of a hundred thousand wrong elements is refused at the first, without a word about the others', async () => {
    for (const element of ['0', '[]', '{}', 'null', '"x"']) {
      const list = `[${`${element},`.repeat(100_000)}${element}]`;
      const name = 'results' in (subject.answer as object) ? 'results' : 'prices';
      const body = Buffer.from(replaced(subject.answer, [name], list));
      const error = await refusalOf(() => subject.reader.readPage({ body }, subject.ask));
      expect(error.message.length).toBeLessThan(1000);
      expect(error.message).toContain(`${name}.0`);
    }
  });
});

function valueAt(value: unknown, place: readonly Step[]): unknown {
  return place.reduce<unknown>((at, step) => (at as Record<Step, unknown>)[step], value);
}

it.each([-1, 1])('bars that are %d more than their count are refused', async (more) => {
  const subject = subjects['massive range'];
  if (subject === undefined) throw new Error('no subject');
  const body = Buffer.from(replaced(subject.answer, ['resultsCount'], String(days - more)));
  const error = await refusalOf(() => subject.reader.readPage({ body }, subject.ask));
  expect([error.code, error.message]).toEqual([
    'WrongShape',
    expect.stringContaining(`counts ${days - more}`),
  ]);
});

describe('a csv file', () => {
  const reader = resource('csv', 'daily_closes');
  const field = fc.oneof(
    fc.double().map(String),
    fc.constantFrom(
      'N/A',
      '',
      '"1"',
      '"a,b"',
      ' 2 ',
      '1_000',
      '0x10',
      '1e999',
      '١',
      "'1",
      '-',
      '"1\n2"',
      '__proto__',
    ),
  );

  it(
    'gives each readable day its own number, and names every line that it does not read',
    () => {
      const lines = fc.array(fc.tuple(fc.constantFrom(...dates), field, field), { maxLength: 12 });
      const eol = fc.constantFrom('\n', '\r\n');
      fc.assert(
        fc.property(lines, eol, fc.boolean(), (said, end, hasBom) => {
          const text = ['date,close,volume', ...said.map((line) => line.join(','))].join(end);
          const body = Buffer.from(`${hasBom ? '\ufeff' : ''}${text}${end}`);
          let kept: ReturnType<typeof reader.readPage>;
          try {
            kept = reader.readPage({ body }, range);
          } catch (error) {
            if (error instanceof SourceError) return;
            throw error;
          }
          const found = dates.map((date) => reader.rowsOfCell([{ body }], range, cellOf('THING', date)));
          expect(found.flat()).toHaveLength(kept.rowCount);
          const holes = said.filter(([, close]) => ['N/A', ''].includes(close)).length;
          expect(kept.rowCount + (kept.badLines?.count ?? 0)).toBe(said.length - holes);
          for (const [index, rows] of found.entries()) {
            const why = reader.whyNoRow?.([{ body }], range, cellOf('THING', dates[index] ?? ''));
            expect(rows.length === 0 || why === undefined).toBe(true);
            for (const { close } of rows)
              expect(said.map(([, each]) => Number(each.replaceAll('"', '')))).toContain(close);
          }
        }),
        runs(200),
      );
    },
    longMs,
  );
});
