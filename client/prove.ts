import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { asOfHelp, checkedInstant } from './as-of/instant.ts';
import { withWarehouse } from './as-of/warehouse-as-of.ts';
import { nameOfCell, namedCell } from './cell/named-cell.ts';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import type { OpenLake } from './command/lake-client.ts';
import { existingLake } from './proof/existing-lake.ts';
import { linesOfLink } from './proof/link-lines.ts';
import { readPublications, type PublicationRecord } from '../lake/publication-files.ts';
import { broken } from '../proof/prove/link.ts';
import { proveCell } from '../proof/prove/prove-cell.ts';
import { readWarehouseNumber, type WarehouseNumber } from '../proof/prove/warehouse-number.ts';
import type { CellKey } from '../workflows/pure/cell.ts';

interface ProveFlags {
  readonly dataset?: string;
  readonly asOf?: string;
}

const program = new Command('prove')
  .description(
    'Prove one number: go from the close in the warehouse over file, record, audit, contract and batch back to the\n' +
      'place in the raw answer and the request, and make the published file again from it. Needs no server and no\n' +
      'network. Ends with 1 where a link is broken, and names it.',
  )
  .argument('<date>', 'the day, YYYY-MM-DD')
  .argument('<ticker>', 'such as AAPL')
  .option('--dataset <dataset>', 'source.resource (default: the one whose price is in the warehouse)')
  .option('--as-of <instant>', asOfHelp);

await runCommand<ProveFlags>(program, async (output, flags, [date = '', ticker = '']) => {
  const now = new Date();
  const instant = flags.asOf === undefined ? null : checkedInstant('--as-of', flags.asOf, now);
  const { open, proof } = await existingLake();
  const first = (await namedCell({ ...flags, date, ticker }, open, now)).cell;
  const found = await numberOf(open, instant, first);
  // Left to itself it goes from the number that people see, which may be a fallback's.
  const isFree = flags.dataset === undefined && found !== null && typeof found !== 'string';
  const named = isFree ? { ...first, dataset: found.dataset } : first;
  const isOther = found !== null && typeof found !== 'string' && found.dataset !== named.dataset;
  const number = isOther ? null : found;
  const isKnown = typeof number !== 'string';
  // A close that is carried forward is proved where it was observed.
  const cell = { ...named, date: isKnown && number?.isCarried ? number.observedDate : date };
  const publication = await publicationOf(open, cell, instant);
  const links = await proveCell(proof, { cell, publication, number: isKnown ? number : null });
  if (!isKnown) links[0] = broken('number', number);
  if (cell.date !== date) output.say(`The close of ${date} is carried forward from ${cell.date}.`);
  const synthetic = open.lake.market === 'sample' ? ' (a synthetic price of the sample market)' : '';
  output.say(`${nameOfCell(cell)}, record ${publication.number}${synthetic}:`);
  for (const link of links) for (const line of linesOfLink(link)) output.say(line);
  const isProved = links.every(({ isSound }) => isSound);
  output.say(isProved ? 'Proved: every link holds.' : 'Not proved: see the broken links above.');
  output.json({ market: open.lake.market, cell, number: publication.number, isProved, links });
  return isProved ? exitCode.good : exitCode.cellsMissing;
});

/** The number that people see, whatever dataset it is taken from; null of a snapshot, a sentence where there is none. */
async function numberOf(
  open: OpenLake,
  instant: Date | null,
  cell: CellKey,
): Promise<WarehouseNumber | null | string> {
  // The close of a day is none of a snapshot's.
  if (open.plannedSnapshots().some(({ dataset }) => dataset === cell.dataset)) return null;
  if (instant === null && !existsSync(open.store.pathOf('warehouse.duckdb')))
    return 'there is no warehouse yet';
  return withWarehouse(open, instant, async (path) => {
    try {
      return (await readWarehouseNumber(path, cell.ticker, cell.date)) ?? 'the warehouse has no such close';
    } catch (error) {
      return `the warehouse cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
}

async function publicationOf(
  open: OpenLake,
  cell: CellKey,
  instant: Date | null,
): Promise<PublicationRecord> {
  const all = await readPublications(open.store, cell);
  const found = all.findLast(({ record }) => instant === null || new Date(record.recordedAt) <= instant);
  if (found) return found;
  throw new WrongUse(
    `${nameOfCell(cell)} was never published${instant ? ' by then' : ''}, so there is nothing to prove. See npx tsx client/status.ts.`,
  );
}
