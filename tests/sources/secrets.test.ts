import { describe, expect, it } from 'vitest';
import { quoteOf, withoutKey, withoutKeyParameters } from '../../sources/secrets.ts';

describe('a target', () => {
  it.each([
    ['/a?apiKey=x', '/a'],
    ['/a?b=1&APIKEY=x&c=2', '/a?b=1&c=2'],
    ['/a?api%4Bey=x&cursor=b3Bh%3D%3D', '/a?cursor=b3Bh%3D%3D'],
    ['/a?x_cg_pro_api_key=x&x_cg_demo_api_key=y', '/a'],
    ['/a?cursor=apiKey', '/a?cursor=apiKey'],
    ['/a', '/a'],
  ])('%s is sent as %s', (target, sent) => {
    expect(withoutKeyParameters(target)).toBe(sent);
  });
});

describe('a quoted body', () => {
  it('is one short line', () => {
    expect(quoteOf('<html>\n\t<b>\u0000 hi</b>')).toBe('"<html> <b> hi</b>"');
    expect(quoteOf('x'.repeat(5000))).toHaveLength(203);
    expect(quoteOf(' \n')).toBe('an empty body');
  });

  it('keeps its other bytes where a key is blotted out', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from('key=abc!'), Buffer.from([0xfe])]);
    const expected = Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from('key=***!'), Buffer.from([0xfe])]);
    expect(Buffer.from(withoutKey(bytes, 'abc'))).toEqual(expected);
  });
});
