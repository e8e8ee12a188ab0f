import { describe, expect, it } from 'vitest';
import { headerValues, hiding } from '../../telemetry/hiding.ts';
import { openLog } from '../../telemetry/log.ts';
import { sentenceOfLine } from '../../telemetry/log-sentence.ts';
import { subjectOfStep, subjectOfWorkflow } from '../../telemetry/subject.ts';

describe('a secret', () => {
  it('is blotted out as it stands, quoted as JSON, and in a URL', () => {
    const hide = hiding(['a"b/c d', 'key1', 'key1-and-more']);
    const text = `${JSON.stringify({ it: 'a"b/c d' })} ?k=${encodeURIComponent('a"b/c d')} key1-and-more`;
    expect(hide(text)).toBe('{"it":"***"} ?k=*** ***');
  });

  it('is not a text so short that every line holds it', () => {
    expect(hiding(['', 'e', 'the'])('the letter e')).toBe('the letter e');
  });

  it('is every value of a header list, decoded too', () => {
    expect(headerValues('x-key=abc%20def, authorization=Basic Zm9v')).toEqual([
      'abc%20def',
      'abc def',
      'Basic Zm9v',
      'Basic Zm9v',
    ]);
    expect(headerValues('')).toEqual([]);
  });
});

describe('the log', () => {
  const lineOf = (format: 'json' | 'text' | 'auto', isTTY = false): string => {
    let text = '';
    const out = { isTTY, write: (piece: string) => ((text += piece), true) };
    const log = openLog({ level: 'info', format }, hiding(['canary']), out);
    log.debug('not at this level');
    log.warn({ ticker: 'BTC', attempt: 2, code: 'RateLimited' }, 'step failed with canary');
    return text;
  };

  it('is a line of JSON for programs and a sentence for people, with no secret in either', () => {
    expect(JSON.parse(lineOf('json'))).toMatchObject({
      level: 'warn',
      service: 'marketlake-worker',
      ticker: 'BTC',
      msg: 'step failed with ***',
    });
    const sentence = 'warn: step failed with *** (ticker BTC, attempt 2, code RateLimited)\n';
    expect(lineOf('text')).toBe(sentence);
    expect(lineOf('auto', true)).toBe(sentence);
    expect(lineOf('auto')).toMatch(/^\{.*\}\n$/);
  });

  it('is shown to people as it is where it is no line of ours', () => {
    expect(sentenceOfLine('Killed\n')).toBe('Killed');
    expect(sentenceOfLine('{"other":1}')).toBe('{"other":1}');
  });
});

describe('what something is about', () => {
  it.each([
    [
      'l-1/partition/2026-11-19/AAPL/massive.daily_bars',
      { date: '2026-11-19', ticker: 'AAPL', dataset: 'massive.daily_bars' },
    ],
    [
      'l-1/window/csv.daily_closes/X/2026-11-01..2026-11-19',
      { dataset: 'csv.daily_closes', ticker: 'X', date: '2026-11-01..2026-11-19' },
    ],
    ['l-1/window/csv.daily_closes/X/batch-20261119T000000-1', { dataset: 'csv.daily_closes', ticker: 'X' }],
    ['l-1/daily/2026-11-19', { run: 'daily/2026-11-19' }],
    ['l-1/backfill/2026-11-01..2026-11-19/ab12', { run: 'backfill/2026-11-01..2026-11-19/ab12' }],
    ['l-1/tick-2026-11-19T07:30:00Z', {}],
    ['l-1', {}],
  ])('stands in the workflow’s id %s', (id, subject) => {
    expect(subjectOfWorkflow(id)).toEqual(subject);
  });

  it('stands in a step’s arguments, which know better than the id', () => {
    const args = [
      { lake: 'l-1', run: 'daily/2026-11-19' },
      { ticker: 'Y', batch: { id: 'b1' } },
      null,
      'text',
      7,
    ];
    expect(subjectOfStep(args, 'l-1/window/csv.daily_closes/X/2026-11-01..2026-11-19')).toEqual({
      run: 'daily/2026-11-19',
      dataset: 'csv.daily_closes',
      ticker: 'Y',
      date: '2026-11-01..2026-11-19',
      batch: 'b1',
    });
    expect(subjectOfStep([{ batchId: 'b2' }], undefined)).toEqual({ batch: 'b2' });
  });
});
