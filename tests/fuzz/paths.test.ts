import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  auditFile,
  bronzeFile,
  candidateFile,
  cellRecordsFolder,
  closedRecordsFolder,
  incomingFolder,
  keptContractFile,
  planPageFile,
  refusedFile,
  refusedRawFile,
  runRecordsFolder,
  stagingFolder,
  supersededFile,
  windowRecordsFolder,
} from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { fileRequest, readLocalFile } from '../../sources/csv-file.ts';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { pathSegment } from '../../sources/request-path.ts';
import { SourceError } from '../../sources/source-error.ts';
import { accessTo } from '../sources/support.ts';
import { longMs, runs } from './runs.ts';

const base = mkdtempSync(join(tmpdir(), 'marketlake-fuzz-paths-'));
const folder = join(base, 'csv');
beforeAll(() => {
  mkdirSync(join(folder, 'deep'), { recursive: true });
  mkdirSync(join(base, 'csv-other'));
  writeFileSync(join(folder, 'deep', 'own.csv'), 'own');
  for (const place of ['secret.csv', 'csv-other/secret.csv']) writeFileSync(join(base, place), 'secret');
  symlinkSync(join(base, 'secret.csv'), join(folder, 'link.csv'));
  symlinkSync(base, join(folder, 'up'));
  symlinkSync(join(folder, 'loop.csv'), join(folder, 'loop.csv'));
  symlinkSync(join(folder, 'deep', 'own.csv'), join(folder, 'inside.csv'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const step = fc.oneof(
  fc.constantFrom(
    ...['..', '.', '', 'deep', 'own.csv', 'up', 'link.csv', 'loop.csv', 'secret.csv', 'csv', 'csv-other'],
    ...['%2e%2e', '..%2f', '%2f', '..\\', '\0', '%00', '~', '%', 'deep%2Fown.csv', 'x'.repeat(300), '\ud800'],
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const anyPath = fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join('/'));

/** What is read of a path below the folder; undefined where it is refused, anything else gets out. */
async function read(target: string): Promise<string | undefined> {
  try {
    const { body } = await readLocalFile({ target }, accessTo(folder));
    return new TextDecoder().decode(body);
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

describe('the name of a csv file', () => {
  it.each([
    '../secret.csv',
    '/../secret.csv',
    '/link.csv',
    '/up/secret.csv',
    '/..%2fsecret.csv',
    '/../csv-other/secret.csv',
  ])('that leads out of the folder is refused: %s', async (target) =>
    expect(await read(target)).toBeUndefined(),
  );

  it('that leads to a file within is read, through a link too', async () => {
    expect([await read('/deep/own.csv'), await read('/inside.csv')]).toEqual(['own', 'own']);
  });

  it(
    'whatever it is, brings nothing from outside, neither as it is configured nor as it stands in a manifest',
    () =>
      fc.assert(
        fc.asyncProperty(anyPath, async (path) => {
          expect(await read(`/${path}`)).not.toBe('secret');
          const asked = csvFileSchema.shape.file.safeParse(path);
          if (!asked.success || /\p{Cs}/u.test(path)) return;
          expect(await read(fileRequest({ file: path }).target)).not.toBe('secret');
        }),
        runs(200),
      ),
    longMs,
  );
});

describe('a symbol in a request', () => {
  it('is one step of its path, read back as it was, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(step, anyPath, fc.constantFrom('C:EURUSD', '?a=b', '#', '//x')), (symbol) => {
        try {
          const segment = pathSegment(symbol, 'testing');
          const url = new URL(`http://api.test/a/${segment}/z`);
          expect(decodeURIComponent(url.pathname)).toBe(`/a/${symbol}/z`);
          expect(url.pathname.split('/')).toHaveLength(4);
          expect(url.search + url.hash).toBe('');
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
        }
      }),
      runs(200),
    );
  });
});

describe('two cells, attempts or batches that differ', () => {
  const text = fc.oneof(
    step,
    fc.constantFrom('a', 'A', 'a~b', 'a%7Eb', 'a/b', 'a%2Fb', 'é', 'e\u0301', 'NULL', 'null', 'date=x'),
  );
  const known = text.filter((each) => each !== '' && !/\p{Cs}/u.test(each));
  const names = fc.record({ ticker: known, date: known, one: known, other: known });
  type Names = {
    readonly ticker: string;
    readonly date: string;
    readonly one: string;
    readonly other: string;
  };

  const places: Readonly<Record<string, (names: Names) => string>> = {
    bronze: ({ ticker, date }) => bronzeFile(cell(ticker, date)),
    superseded: ({ ticker, date }) => supersededFile(cell(ticker, date), 1),
    candidates: ({ ticker, date, one }) => candidateFile(cell(ticker, date), one),
    refused: ({ ticker, date, one }) => refusedFile(cell(ticker, date), one),
    audits: ({ ticker, date, one }) => auditFile(cell(ticker, date), one),
    records: ({ ticker, date }) => cellRecordsFolder(cell(ticker, date)),
    runs: ({ one }) => runRecordsFolder(one),
    windows: ({ one }) => windowRecordsFolder(one),
    closed: ({ one }) => closedRecordsFolder(one),
    plans: ({ one, other }) => planPageFile(one, other, 0),
    incoming: ({ one }) => incomingFolder(one),
    staging: ({ one, date, other }) => stagingFolder(one, date, other),
    raw: ({ one, other }) => refusedRawFile(one, other),
    contracts: ({ one }) => keptContractFile('s.r', one, 'a'.repeat(64)),
  };

  it('never share a file, nor does one lie within the other, and none leaves the lake', () => {
    const store = new LocalStore('/lake');
    fc.assert(
      fc.property(names, names, (left, right) => {
        for (const place of Object.values(places)) {
          const [a, b] = [place(left), place(right)];
          expect(store.pathOf(a)).toBe(`/lake/${a}`);
          const depends = (['ticker', 'date', 'one', 'other'] as const).filter(
            (name) => place({ ...left, [name]: 'probe' }) !== place({ ...left, [name]: 'another' }),
          );
          const isSame = depends.every((name) => left[name] === right[name]);
          expect(a === b).toBe(isSame);
          if (!isSame) expect(a.startsWith(`${b}/`)).toBe(false);
        }
      }),
      runs(50),
    );
  });

  function cell(ticker: string, date: string): { dataset: string; ticker: string; date: string } {
    return { dataset: 's.r', ticker, date };
  }
});
