import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../contracts/contract.ts';
import { contractDifference } from '../../contracts/difference.ts';
import { parseContract } from '../../contracts/parse.ts';
import { compareVersions, neededVersion } from '../../contracts/version.ts';
import { contractsFolder } from './support.ts';

const file = join(contractsFolder, 'massive.daily_bars.odcs.yaml');
const text = readFileSync(file, 'utf8');
const house = parseContract(text, file);

function changed(...changes: (readonly [string, string])[]): Contract {
  const next = changes.reduce((last, [from, to]) => {
    if (!last.includes(from)) throw new Error(`the contract has no "${from}"`);
    return last.replace(from, () => to);
  }, text);
  return parseContract(next, file);
}

const otherColumn = '      - name: otc\n        logicalType: boolean\n        physicalType: BOOLEAN\n';
const lineage = '      - name: __batch_id';
const trades = 'logicalType: integer\n        physicalType: BIGINT';

describe('the difference between two contracts', () => {
  it('is none but words where only words differ, wherever the rules now stand', () => {
    const other = changed(['The first price of the day.', 'The opening price.\n        tags: [a]']);
    expect(contractDifference(house, other)).toMatchObject({ reach: 'words', changedRules: [] });
  });

  it.each([
    ['a column more', [lineage, otherColumn + lineage], { addedColumns: ['otc'] }],
    [
      'a rule that asks for more',
      ['volume = 0', 'volume < 10'],
      { changedRules: ['rule.volume_above_zero'] },
    ],
    [
      'a rule that only warns now',
      ['mustBe: 0\n        severity: error', 'mustBe: 0\n        severity: warning'],
      { changedRules: ['rule.numbers_finite'] },
    ],
    [
      'a bound more',
      [
        'exclusiveMinimum: 0\n        description: The first',
        'exclusiveMinimum: 0\n          maximum: 9\n        description: The first',
      ],
      { addedRules: ['open.maximum'] },
    ],
  ] as const)('is compatible by %s', (_what, change, found) => {
    expect(contractDifference(house, changed(change))).toMatchObject({ reach: 'compatible', ...found });
  });

  const tolerance = 'property: priceTolerancePct\n    value: ';
  const close = 'stock: 16:00 America/New_York close';

  it('is compatible by another tolerance, and by a fixing that nobody had said', () => {
    const laxer = changed([`${tolerance}1`, `${tolerance}5`]);
    const found = { reach: 'compatible', changedTerms: ['priceTolerancePct'] };
    expect(contractDifference(house, laxer)).toMatchObject(found);
    const told = contractDifference({ ...house, fixing: null }, house);
    expect(told).toMatchObject({ reach: 'compatible', changedTerms: ['fixing'] });
  });

  it('breaks readers by another fixing: the same column is of another instant', () => {
    const later = changed([close, 'stock: 20:00 America/New_York, after hours']);
    expect(contractDifference(house, later)).toMatchObject({ reach: 'breaking', changedTerms: ['fixing'] });
  });

  it('breaks readers by a column that is gone, by another type, and by nulls where none were', () => {
    const without = changed([lineage, otherColumn + lineage]);
    expect(contractDifference(without, house)).toMatchObject({ reach: 'breaking', removedColumns: ['otc'] });
    const retyped = changed([trades, 'logicalType: number\n        physicalType: DOUBLE']);
    expect(contractDifference(house, retyped)).toMatchObject({
      reach: 'breaking',
      retypedColumns: [{ name: 'trade_count', from: 'BIGINT', to: 'DOUBLE' }],
    });
    const laxer = changed([
      'name: volume\n        logicalType: number\n        physicalType: DOUBLE\n        required: true',
      'name: volume\n        logicalType: number\n        physicalType: DOUBLE\n        required: false',
    ]);
    expect(contractDifference(house, laxer)).toMatchObject({
      reach: 'breaking',
      removedRules: ['volume.required'],
    });
  });
});

describe('a version', () => {
  it('asks for the next major, minor or patch, by how far the change reaches', () => {
    const needed = (['breaking', 'compatible', 'words'] as const).map((reach) =>
      neededVersion('1.4.2', reach),
    );
    expect(needed).toEqual(['2.0.0', '1.5.0', '1.4.3']);
  });

  it('is compared by its numbers, not as a text', () => {
    expect(['1.10.0', '1.9.1', '0.20.0'].sort(compareVersions)).toEqual(['0.20.0', '1.9.1', '1.10.0']);
  });
});
