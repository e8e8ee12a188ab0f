import { parseArgs } from 'node:util';
import { benchBulk } from './bulk.ts';
import { benchCells } from './cells.ts';
import { benchPeers, peerNames } from './peers/bench-peers.ts';
import { benchPlan } from './plan.ts';
import { benchRecovery } from './recovery.ts';
import { benchRequests } from './requests.ts';
import { days as usualDays } from './shape.ts';
import { benchSnapshots } from './snapshots.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchWarehouse } from './warehouse.ts';
import { benchPostgres, benchWorkers } from './workers.ts';

const usage = `npm run bench -- [--only NAME] [--rounds 2]
  cells      cells a second beside the engine alone; a round takes a minute on two cores
  bulk       36,500 cells by the month beside 1,200 one by one; about six minutes
  plan       planning of a million cells, in an empty lake and in a full one; ten seconds
  warehouse  rebuilds of three sizes beside the same SQL by hand and under dbt; five minutes
  snapshots  a snapshot day of 100 and of 1,000 coins, in lots and cell by cell; two minutes
and, only when they are asked for:
  telemetry  the same backfill unwatched, with metrics, and with traces as well
  recovery   from the start of a killed worker's successor to the next published cell
  workers    the full path with one, two and four worker processes
  postgres   the full path with one and two workers on Temporal's server with PostgreSQL, beside the development server
             ([--keep FOLDER] keeps the server that is built, which takes some minutes)
  requests   requests spent against requests needed, while a fifth of the market's answers is spoiled
  peers      the same job on what else one might pick, and what a kill half-way leaves of it
             [--keep FOLDER] keeps Python environments and figures: given again, it goes on where it stopped
             [--days 90] [--no-kills] [--peers NAME,NAME] of: ${peerNames.join(' ')}`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    keep: { type: 'string' },
    peers: { type: 'string' },
    days: { type: 'string' },
    'no-kills': { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
const names = [
  ...['cells', 'bulk', 'plan', 'warehouse', 'snapshots'],
  ...['telemetry', 'recovery', 'workers', 'postgres', 'requests', 'peers'],
];
const rounds = Number(values.rounds);
const days = values.days === undefined ? undefined : Number(values.days);
const only = values.peers?.split(',');
const isWrong =
  ![rounds, days ?? 1].every((count) => Number.isInteger(count) && count >= 1) ||
  only?.some((name) => !peerNames.includes(name)) ||
  !(values.only === undefined || names.includes(values.only));
if (values.help || isWrong) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
// What was started is ended on every way out.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const isWanted = (name: string): boolean => values.only === undefined || values.only === name;
if (isWanted('cells')) await benchCells(rounds);
if (isWanted('bulk')) await benchBulk();
if (isWanted('plan')) await benchPlan();
if (isWanted('warehouse')) await benchWarehouse();
if (isWanted('snapshots')) await benchSnapshots();
if (values.only === 'telemetry') await benchTelemetry(rounds);
if (values.only === 'recovery') await benchRecovery(rounds);
if (values.only === 'workers') await benchWorkers(rounds, days ?? usualDays);
if (values.only === 'postgres') await benchPostgres(rounds, days ?? usualDays, values.keep);
if (values.only === 'requests') await benchRequests(rounds);
if (values.only === 'peers') {
  const { keep } = values;
  await benchPeers({
    rounds,
    ...(keep ? { keep } : {}),
    ...(only ? { only } : {}),
    ...(days ? { days } : {}),
  });
}
process.exit(0);
