/** A process that asks the index of the lake in its argument, several times, how many cells are in each state. */
import { LakeIndex } from '../../../lake/lake-index.ts';
import { LocalStore } from '../../../lake/local-store.ts';

const index = new LakeIndex(new LocalStore(process.argv[2] ?? ''));
for (let asked = 0; asked < 3; asked += 1) {
  const rows = await index.rows(
    'select state, count(*)::varchar as n from cells group by state order by state',
  );
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}
