/**
 * A process that publishes cells over and over, each time with a new close, until it is told to stop on its standard
 * input. Of round R every row of a cell holds close R, so that a reader can tell a whole file from a mixture.
 */
import { once } from 'node:events';
import { LocalStore } from '../../lake/local-store.ts';
import { encodeParquet } from '../../lake/parquet.ts';
import { publishCandidate, writeCandidate } from '../../lake/publish.ts';
import { cells, columns, rowsOf } from './published-cells.ts';

const store = new LocalStore(process.argv[2] ?? '');
let isStopping = false;
void once(process.stdin, 'data').then(() => {
  isStopping = true;
});
let rounds = 0;
while (!isStopping) {
  rounds += 1;
  for (const cell of cells) {
    const rows = rowsOf(cell, rounds);
    const bytes = encodeParquet(columns, rows, { rounds });
    const candidate = await writeCandidate(store, cell, `run.${rounds}`, bytes, rows.length);
    // Left behind by a dead process, where no reader may look.
    await store.put(`pending/left-${rounds % 3}.parquet`, bytes.subarray(0, 40));
    await publishCandidate(store, cell, candidate, {
      recordedAt: '2026-01-06T07:00:00.000Z',
      run: 'daily/x',
    });
  }
  if (rounds === 1) process.stdout.write('ready\n');
}
process.stdout.write(`${rounds}\n`);
process.exit(0);
