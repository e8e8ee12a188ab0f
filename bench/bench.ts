import { parseArgs } from 'node:util';
import { benchBulk } from './bulk.ts';
import { benchCells } from './cells.ts';
import { benchPlan } from './plan.ts';
import { benchRecovery } from './recovery.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchWarehouse } from './warehouse.ts';

const usage = `npm run bench -- [--only cells|bulk|plan|warehouse|telemetry|recovery] [--rounds 2]
  cells      cells a second beside the engine alone; a round takes a minute on two cores
  bulk       36,500 cells by the month beside 1,200 one by one; about six minutes
  plan       planning of a million cells, in an empty lake and in a full one; ten seconds
  warehouse  rebuilds of three sizes beside the same SQL by hand and under dbt; five minutes
  telemetry  the same backfill unwatched, with metrics, and with traces as well; only when it is asked for
  recovery   from the start of a killed worker's successor to the next published cell; only when it is asked for`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    help: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);
const isWrong =
  !Number.isInteger(rounds) ||
  rounds < 1 ||
  !['cells', 'bulk', 'plan', 'warehouse', 'telemetry', 'recovery', undefined].includes(values.only);
if (values.help || isWrong) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
const isWanted = (name: string): boolean => values.only === undefined || values.only === name;
if (isWanted('cells')) await benchCells(rounds);
if (isWanted('bulk')) await benchBulk();
if (isWanted('plan')) await benchPlan();
if (isWanted('warehouse')) await benchWarehouse();
if (values.only === 'telemetry') await benchTelemetry(rounds);
if (values.only === 'recovery') await benchRecovery(rounds);
process.exit(0);
