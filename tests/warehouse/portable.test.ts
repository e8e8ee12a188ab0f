import { describe, expect, test } from 'vitest';
import { findingsOf } from './portable-rules.ts';

describe('what is said', () => {
  test('names the file, the place, what stands there and what to write instead', async () => {
    const text = "with a as (\n    select t.ä, 'é' as b, t.b // 2 as h\n    from t\n)\n\nselect * from a";
    expect(await findingsOf(text)).toEqual([
      expect.stringMatching(
        /^\w[\w-]*\/marts\/x\.sql:5:31: \/\/ is not in the portable subset; write floor\(a \/ b\) of doubles$/,
      ),
    ]);
  });

  test('names every place, in the order of the text', async () => {
    const places = (
      await findingsOf('select t.a / t.b as q,\n    t.c::date as c,\nfrom t\norder by all')
    ).map((line) => /:(\d+:\d+): ([\w ]+)/.exec(line)?.slice(1).join(' '));
    expect(places).toEqual([
      '4:12 a divisor that may be zero',
      '5:8 a cast with ',
      '5:19 a comma after the last column',
      '7:10 order by all',
    ]);
  });

  test('a text that is no SQL is named with its place', async () => {
    expect(await findingsOf('select t.a\nfrom t wher t.a')).toEqual([
      expect.stringMatching(/x\.sql:5:\d+: syntax error/),
    ]);
  });
});

describe('a model outside the subset', () => {
  const header = (engineLine: string): string => `-- A model.\n-- grain: n\n-- key: n\n${engineLine}\n`;

  test('is let be where its header says why', async () => {
    expect(
      await findingsOf('select median(a) from t', header('-- engine: duckdb because Trino has no median')),
    ).toEqual([]);
  });

  test.each(['-- engine: duckdb', '-- engine: duckdb because', '-- engine: duckdb, for speed'])(
    'is refused where its header says only "%s"',
    async (line) => {
      expect(await findingsOf('select 1 as n', header(line))).toEqual([
        expect.stringContaining('gives no reason'),
      ]);
    },
  );
});
