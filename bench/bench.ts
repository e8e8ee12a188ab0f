import { parseArgs } from 'node:util';
import { benchBulk } from './bulk.ts';
import { benchCells } from './cells.ts';
import { benchWarehouse } from './warehouse.ts';

const usage = `npm run bench -- [--only cells|bulk|warehouse] [--rounds 2]
  cells      cells a second beside the engine alone; a round takes a minute on two cores
  bulk       36,500 cells by the month beside 1,200 one by one; about six minutes
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
  !Number.isInteger(rounds) || rounds < 1 || !['cells', 'bulk', 'warehouse', undefined].includes(values.only);
if (values.help || isWrong) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
const isWanted = (part: string): boolean => values.only === undefined || values.only === part;
if (isWanted('cells')) await benchCells(rounds);
if (isWanted('bulk')) await benchBulk();
if (isWanted('warehouse')) await benchWarehouse();
process.exit(0);
