import { expect } from 'vitest';
import type { SnapshotAsk } from '../../../sources/source.ts';
import { today } from './stage.ts';
import { midweek, rowsOn, take, usualAsk, type Claim, type Subject } from './subject.ts';

/** The house fills these of every dataset. */
const cellKeys: readonly string[] = ['source_id', 'resource_id', 'ticker_id', 'bar_date'];

/** The columns of a contract that a source fills: all but the cell's keys and where a row came from. */
function measuresOf({ contract }: Subject): string[] {
  return contract.columns
    .map(({ name }) => name)
    .filter((name) => !cellKeys.includes(name) && !name.startsWith('__'));
}

/** Takes some row: that of the midweek, or of the facts' member. */
async function anyRow(subject: Subject): Promise<Readonly<Record<string, unknown>>> {
  const { facts } = subject;
  const usual = usualAsk(subject);
  const snapshot: SnapshotAsk = { kind: 'snapshot', top: 20, date: today };
  const [ask, symbol, date] =
    facts.kind === 'range'
      ? ([usual, facts.symbol, midweek.day] as const)
      : ([facts.kind === 'events' ? usual : snapshot, facts.member, today] as const);
  const [row] = rowsOn(subject, await take(subject, ask), ask, symbol, date);
  if (row === undefined) throw new Error(`${subject.source} has no row of ${symbol} on ${date}.`);
  return row;
}

const sameColumns: Claim = {
  title: 'a row has the columns of the contract, each of them and no other',
  async check(subject) {
    expect(Object.keys(await anyRow(subject)).sort()).toEqual(measuresOf(subject).sort());
  },
};

const sameTypes: Claim = {
  title: 'a number is a number, however the API writes it, and a text is a text',
  async check(subject) {
    const row = await anyRow(subject);
    for (const { name, logicalType } of subject.contract.columns.filter(({ name }) => name in row)) {
      const expected = logicalType === 'number' || logicalType === 'integer' ? 'number' : 'string';
      const value = row[name] ?? null;
      expect([name, value === null ? expected : typeof value]).toEqual([name, expected]);
    }
  },
};

/** That a source and its contract name the same. */
export const columnClaims: readonly Claim[] = [sameColumns, sameTypes];
