import { parseArgs } from 'node:util';
import { benchCells } from './cells.ts';
import { benchWarehouse } from './warehouse.ts';

const usage = `npm run bench -- [--only cells|warehouse] [--rounds 2]
  cells      cells a second beside the engine alone; a round takes a minute on two cores
  warehouse  rebuilds of three sizes beside the same SQL by hand and under dbt; five minutes`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    help: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);
const isWrong =
  !Number.isInteger(rounds) || rounds < 1 || !['cells', 'warehouse', undefined].includes(values.only);
if (values.help || isWrong) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
if (values.only !== 'warehouse') await benchCells(rounds);
if (values.only !== 'cells') await benchWarehouse();
process.exit(0);
