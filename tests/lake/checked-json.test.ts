import { expect, it } from 'vitest';
import { checkedJsonBytes, checksumOf } from '../../lake/checked-json.ts';
import { parseJson } from '../../lake/json.ts';

const record = { event: 'published', run: 'daily/2026-11-19', reason: 'ü "quoted" \u2028', sizeBytes: 3270 };

it('JSON with a checksum reads as what was written', () => {
  expect(parseJson(checkedJsonBytes(record))).toEqual({ ...record, checksum: expect.any(String) as string });
  expect(checksumOf(checkedJsonBytes(record))).toBe('right');
});

it('every single bit that is turned in it is noticed, wherever it stands', () => {
  const bytes = Buffer.from(checkedJsonBytes(record));
  const unnoticed: string[] = [];
  for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
    const altered = Buffer.from(bytes);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (checksumOf(altered) === 'right') unnoticed.push(`bit ${bit & 7} of byte ${bit >> 3}`);
  }
  expect(unnoticed).toEqual([]);
});

it('a file that is cut short, or was written without one, has no checksum', () => {
  const bytes = checkedJsonBytes(record);
  expect(checksumOf(bytes.subarray(0, 40))).toBe('none');
  expect(checksumOf(Buffer.from('{"event":"published"}\n'))).toBe('none');
});
