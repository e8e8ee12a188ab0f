import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../lake/batches.ts';
import { excerptOf } from '../../proof/prove/excerpt.ts';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { csvSource } from '../../sources/csv.ts';
import type { RawPage, SourceAccess } from '../../sources/source.ts';
import { accessTo, cellOf, codeOf, rangeAsk, refusalOf, resourceOf } from './support.ts';

const options = csvFileSchema.parse({
  folder: 'my prices',
  dateColumn: 'date',
  columns: { open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
});
const bars = resourceOf(csvSource({ THING: options }), 'daily_bars');
const ask = rangeAsk('THING', '2026-01-01', '2026-12-31');
const header = 'date,o,h,l,c,v\n';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'csv-folder-'));
  folder = join(root, 'csv', 'my prices');
  await mkdir(join(folder, 'deeper.csv.old'), { recursive: true });
  await writeFile(join(folder, '2025.csv'), `${header}2025-12-31,1,3,1,2,70\n`);
  await writeFile(join(folder, '2026-01.csv.gz'), gzipSync(`\ufeffv,date,c,o,h,l\r\n,2026-01-02,2.5,2,3,1`));
  await writeFile(join(folder, '2026-02.csv'), `${header}2026-02-02,1,2,1,2,7\n2026-02-03,1,2,1,2\n`);
  for (const other of ['notes.txt', '.hidden.csv', '._2025.csv'])
    await writeFile(join(folder, other), 'nothing');
});
afterEach(() => rm(root, { recursive: true }));

const read = (more: Partial<SourceAccess> = {}): Promise<RawPage> =>
  bars.send(bars.firstPage(ask), accessTo(join(root, 'csv'), more));

describe('a folder', () => {
  it('is read as one series, each file by its own header, packed or not', async () => {
    const body = await read();
    const on = (date: string): unknown => bars.rowsOfCell([body], ask, cellOf('THING', date));
    expect([on('2025-12-31'), on('2026-01-02'), on('2026-02-02')]).toEqual([
      [{ open: 1, high: 3, low: 1, close: 2, volume: 70 }],
      [{ open: 2, high: 3, low: 1, close: 2.5, volume: null }],
      [{ open: 1, high: 2, low: 1, close: 2, volume: 7 }],
    ]);
    expect(bars.readPage(body, ask).rowCount).toBe(3);
  });

  it('lets the place of a number in it be pointed out, in whichever file it stands', async () => {
    const manifest = {
      ask,
      batchId: 'b',
      fetchedAt: '2026-12-01T00:00:00Z',
      pages: [],
    } as unknown as Manifest;
    const batch = { id: 'b', ingestionDate: '2026-12-01' };
    const found = excerptOf(
      bars,
      { manifest, pages: [await read()] },
      { ...cellOf('THING', '2026-01-02'), batch },
      'close',
    );
    expect(found).toMatchObject({
      text: '2.5',
      before: expect.stringMatching(/2026-01\.csv\.gz"\n/) as string,
    });
  });

  it('names the file and the line that cannot be read', async () => {
    expect(bars.readPage(await read(), ask).badLines?.first).toEqual([
      {
        file: 'my prices/2026-02.csv',
        lineNumber: 3,
        date: '2026-02-03',
        found: 'it has 5 fields, where the header has 6',
      },
    ]);
  });

  it('in which two files have the same day has no row of it, and names both', async () => {
    await writeFile(join(folder, '2026-03.csv'), `${header}2026-02-02,1,2,1,2,8\n`);
    const why = bars.whyNoRow?.([await read()], ask, cellOf('THING', '2026-02-02'));
    expect(why).toContain('line 2 of my prices/2026-02.csv');
    expect(why).toContain('line 2 of my prices/2026-03.csv');
  });

  it('is the same answer whatever the order in which its files were written', async () => {
    const first = await read();
    const text = `${header}2025-12-31,1,3,1,2,70\n`;
    await rm(join(folder, '2025.csv'));
    await writeFile(join(folder, '2025.csv'), text);
    expect(await read()).toEqual(first);
  });

  it.each([
    [
      'a file with other columns',
      'x.csv',
      'day,o,h,l,c,v\n',
      'WrongShape',
      'the csv file my prices/x.csv: it has no column "date"',
    ],
    [
      'a file that is not UTF-8',
      'x.csv',
      Buffer.from('\ufeffdate\n', 'utf16le'),
      'WrongShape',
      'the csv file my prices/x.csv: it is not UTF-8',
    ],
    [
      'a packed file that is cut off',
      'x.csv.gz',
      gzipSync(header).subarray(0, 20),
      'WrongShape',
      'my%20prices/x.csv.gz',
    ],
    ['a file with the separator in it', 'x.csv', `${header}\u001c\n`, 'RequestRefused', 'U+001C'],
  ] as const)('with %s is refused, and the file named', async (_, name, content, code, found) => {
    await writeFile(join(folder, name), content);
    const error = await refusalOf(async () => bars.readPage(await read(), ask));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(found)]);
  });

  it('is bounded as a whole, unpacked', async () => {
    await writeFile(join(folder, '3.csv.gz'), gzipSync(header + '\n'.repeat(5000)));
    expect(await codeOf(() => read({ maxBytes: 5000 }))).toBe('RequestRefused');
    expect(await codeOf(() => read({ maxBytes: 100 }))).toBe('RequestRefused');
  });

  it('to which a file comes while it is read is trouble: it is read again', async () => {
    let asked = 0;
    const access = {
      ...accessTo(join(root, 'csv')),
      // Looked at before the folder is listed, and again with each file that is read.
      get signal(): AbortSignal {
        asked += 1;
        if (asked > 1) writeFileSync(join(folder, 'late.csv'), header);
        return new AbortController().signal;
      },
    };
    const error = await refusalOf(() => bars.send(bars.firstPage(ask), access));
    expect([error.code, error.message]).toEqual([
      'SourceUnavailable',
      expect.stringContaining('its files changed while they were read'),
    ]);
  });

  it('without a csv file, or that is no folder, or not there, is RequestRefused', async () => {
    const of = (name: string): Promise<string> =>
      codeOf(() => bars.send({ target: `/${name}/` }, accessTo(join(root, 'csv'))));
    expect([
      await of('my%20prices/deeper.csv.old'),
      await of('my%20prices/2025.csv'),
      await of('nowhere'),
    ]).toEqual(Array(3).fill('RequestRefused'));
  });

  it('that a link leads out of the csv folder is not read, nor a file of it that one leads out', async () => {
    await mkdir(join(root, 'outside'));
    await writeFile(join(root, 'outside', 'secret.csv'), header);
    await symlink(join(root, 'outside'), join(root, 'csv', 'way out'));
    await symlink(join(root, 'outside', 'secret.csv'), join(folder, 'z.csv'));
    expect(await codeOf(() => bars.send({ target: '/way%20out/' }, accessTo(join(root, 'csv'))))).toBe(
      'RequestRefused',
    );
    expect(await codeOf(() => read())).toBe('RequestRefused');
  });
});
