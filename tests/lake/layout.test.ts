import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  auditFile,
  bronzeFile,
  candidateFile,
  candidateOfFile,
  cellOfPath,
  cellRecordsFolder,
  decodeSegment,
  encodeSegment,
  incomingFolder,
  numberOfRecord,
  pageFile,
  planPageFile,
  recordFile,
  refusedFile,
  refusedRawFile,
  runRecordsFolder,
  stagingFolder,
  supersededFile,
  windowRecordsFolder,
} from '../../lake/layout.ts';
import { LocalStore } from '../../lake/local-store.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

const awkward = [
  'BRK/B',
  '^GSPC',
  'EUR=X',
  'NULL',
  'null',
  'Null',
  '.',
  '..',
  '...',
  '.hidden',
  '~',
  'a~b',
  '0700',
  '%2F',
  'C:EURUSD',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(...awkward, '東京', 'É', 'É', '\u0000', 'a+b c'),
);
const cells: fc.Arbitrary<CellKey> = fc.record({
  dataset: fc
    .tuple(fc.stringMatching(/^[a-z0-9]+$/), fc.stringMatching(/^[a-z0-9_.]+$/))
    .map((parts) => parts.join('.')),
  ticker: text,
  date: fc.constantFrom('2026-01-05', '2024-02-29'),
});

describe('a text in a path', () => {
  it('is read back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeSegment(encodeSegment(value))).toBe(value);
      }),
    );
  });

  it('is one plain name that no engine and no file system takes for something else', () => {
    fc.assert(
      fc.property(text, (value) => {
        const segment = encodeSegment(value);
        expect(segment).toMatch(/^(?:[A-Za-z0-9_-]|%[0-9A-F]{2})(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*$/);
        expect(segment.toUpperCase()).not.toBe('NULL');
      }),
    );
  });

  it('never shares its name with another text', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(encodeSegment(one) === encodeSegment(other)).toBe(one === other);
      }),
    );
  });

  it.each([
    ['BRK/B', 'BRK%2FB'],
    ['^GSPC', '%5EGSPC'],
    ['EUR=X', 'EUR%3DX'],
    ['NULL', '%4EULL'],
    ['null', '%6Eull'],
    ['..', '%2E.'],
    ['.hidden', '%2Ehidden'],
    ['é', '%C3%A9'],
    ['AAPL', 'AAPL'],
  ])('%s is written %s', (value, segment) => expect(encodeSegment(value)).toBe(segment));

  it('is not empty', () => {
    expect(() => encodeSegment('')).toThrow(RangeError);
  });

  it('is refused where it holds half a character, since two of them would share a name', () => {
    expect(() => encodeSegment('\ud800')).toThrow(RangeError);
  });
});

describe('the places of a cell', () => {
  it('lie inside the lake, every one in its own folder', () => {
    const store = new LocalStore('/lake');
    fc.assert(
      fc.property(cells, text, fc.nat(), (cell, free, number) => {
        const places: [string, string][] = [
          ['bronze', bronzeFile(cell)],
          ['candidates', candidateFile(cell, free)],
          ['superseded', supersededFile(cell, number)],
          ['refused', refusedFile(cell, free)],
          ['refused/raw', refusedRawFile(free, free)],
          ['audits', auditFile(cell, free)],
          ['records/cells', recordFile(cellRecordsFolder(cell), number)],
          ['records/runs', recordFile(runRecordsFolder(free), number)],
          ['records/windows', recordFile(windowRecordsFolder(free), number)],
          ['records/plans', planPageFile(free, free, number)],
          ['incoming', pageFile(incomingFolder(free), number)],
          ['staging', pageFile(stagingFolder(free, cell.date, free), number)],
        ];
        for (const [folder, key] of places) {
          expect(store.pathOf(key)).toBe(`/lake/${key}`);
          expect(key.startsWith(`${folder}/`)).toBe(true);
        }
      }),
    );
  });

  it('tell which cell it is', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(cellOfPath(bronzeFile(cell))).toEqual(cell);
        expect(cellOfPath(`/somewhere/else/${auditFile(cell, 'a')}`)).toEqual(cell);
      }),
    );
  });

  it('tell which cell and attempt a candidate is of', () => {
    fc.assert(
      fc.property(cells, text, (cell, attemptId) => {
        expect(candidateOfFile(candidateFile(cell, attemptId))).toEqual({ cell, attemptId });
      }),
    );
  });
});

describe('a name that is not ours', () => {
  it.each([
    'bronze/source=%ZZ/resource=r/ticker=t/date=2026-01-05/data.parquet',
    'bronze/ticker=t/data.parquet',
    'bronze/source=s/resource=%FF/ticker=t/date=2026-01-05/data.parquet',
  ])('is no cell: %s', (path) => expect(cellOfPath(path)).toBeUndefined());

  it.each([
    'candidates/a~b.parquet',
    'candidates/a~b~c~d.parquet',
    'candidates/%ZZ~b~c~d.parquet',
    'candidates/x.txt',
    'candidates/a.b~T~d~%zz.parquet',
  ])('is no candidate: %s', (key) => expect(candidateOfFile(key)).toBeUndefined());

  it.each(['000001.json.tmp', '1.json', 'x000001.json', 'plan.json'])('is no record: %s', (name) =>
    expect(numberOfRecord(name)).toBeUndefined(),
  );
});

describe('the numbers of records', () => {
  it('are read back, also beyond six digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000 }), (number) => {
        expect(numberOfRecord(recordFile('f', number).slice(2))).toBe(number);
      }),
    );
  });
});

describe('a key that leads out of the lake', () => {
  it.each(['../other', '/etc/passwd', 'bronze/../../x', '..'])('is refused: %s', (key) => {
    expect(() => new LocalStore('/lake').pathOf(key)).toThrow(/outside the lake/);
  });
});
