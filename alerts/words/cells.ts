import type { FindingOf, Words } from '../alert.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { firstItems } from './text.ts';

type CellFinding = FindingOf<'refused' | 'failed'>;

const meanings = {
  refused:
    'The source says what the contract does not allow. It was kept out of bronze; what was published before stays. When the source is right again, try again; if it is right as it is, a person can accept it.',
  failed:
    'These days are not in the lake. Daily runs take them up again by themselves for seven days; a mistake (a key, a symbol, a setting) must be mended first.',
};

/** Says which cells were refused or failed for one reason. */
export function cellWords(cells: readonly [CellFinding, ...CellFinding[]]): Words {
  const [{ kind, dataset, code, rules, ticker, date }] = cells;
  const cause = rules.length > 0 ? rules.join(', ') : code;
  const verb = kind === 'failed' ? 'failed' : cells.length === 1 ? 'was refused' : 'were refused';
  const one = cells.length === 1;
  return {
    title: one
      ? `${ticker} ${date} of ${dataset} ${verb}: ${cause}`
      : `${countOf(cells.length, 'cell')} of ${dataset} ${verb}: ${cause}`,
    text: meanings[kind],
    items: firstItems(itemsOf(cells)),
    itemCount: cells.length,
    command: one ? `npx tsx client/retry.ts ${date} ${ticker}` : 'npx tsx client/retry.ts --all',
  };
}

/** One line for all days of an asset that have one reason. */
function itemsOf(cells: readonly CellFinding[]): string[] {
  const alike = new Map<string, CellFinding[]>();
  for (const cell of cells) {
    const key = `${cell.ticker} ${cell.reason}`;
    alike.set(key, [...(alike.get(key) ?? []), cell]);
  }
  return [...alike.values()].map((group) => {
    const dates = group.map(({ date }) => date).sort();
    const [first = '', last = first] = [dates[0], dates.at(-1)];
    const days = first === last ? first : `${first}..${last} (${countOf(group.length, 'day')})`;
    return `${group[0]?.ticker ?? ''} ${days}: ${group[0]?.reason ?? ''}`;
  });
}
