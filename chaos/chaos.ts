import { Command, InvalidArgumentError } from 'commander';
import { table } from '../client/command/table.ts';
import { exitCode } from '../client/command/exit-code.ts';
import type { RoundEnd } from './kill-round.ts';
import { playKillRounds } from './kill-rounds.ts';
import { closeStages } from './stage.ts';

const program = new Command('chaos')
  .description(
    'Kills worker, server, client and all three at random moments of a backfill, over a synthetic market that spoils a\n' +
      'fifth of its answers, and checks what is left. Ends with 1 where something is wrong. docs/faults.md says what for.',
  )
  .option('--rounds <n>', 'how many rounds; one takes about a minute on two cores', wholeNumber, 50)
  .option(
    '--seed <n>',
    'draws the kills and faults again that this seed drew (default: another each time)',
    wholeNumber,
  )
  .option('--days <n>', 'how many days each round backfills', wholeNumber, 45)
  .option(
    '--grain <grain>',
    'the lane that the backfill takes: cell or month (default: what backfill chooses)',
  )
  .exitOverride(({ exitCode: code }) => process.exit(code === 0 ? exitCode.good : exitCode.wrongUse))
  .parse();
const options = program.opts<{ rounds: number; seed?: number; days: number; grain?: string }>();
const seed = options.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
const say = (line: string): void => console.log(line);

say(`seed ${seed}`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void closeStages().finally(() => process.exit(exitCode.interrupted)));
try {
  const ends = await playKillRounds({ ...options, seed, faultShare: 0.2, say });
  for (const line of summary(ends)) say(line);
  process.exit(ends.some(({ complaints }) => complaints.length > 0) ? exitCode.cellsMissing : exitCode.good);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(exitCode.weFailed);
}

function summary(ends: readonly RoundEnd[]): string[] {
  const sum = (of: (end: RoundEnd) => number): string =>
    String(ends.reduce((total, end) => total + of(end), 0));
  const recoveries = ends
    .flatMap(({ recoverySeconds }) => recoverySeconds)
    .sort((left, right) => left - right);
  const at = (share: number): string =>
    recoveries[Math.ceil(share * recoveries.length) - 1]?.toFixed(1) ?? '-';
  return table([
    ['', `seed ${seed}`],
    ['rounds', String(ends.length)],
    ['rounds with something wrong', sum(({ complaints }) => (complaints.length > 0 ? 1 : 0))],
    ['kills', sum(({ kills }) => kills.length)],
    ['  of these after the run', sum(({ idleKills }) => idleKills)],
    ['requests', sum(({ requests }) => requests)],
    ['answers spoiled', sum(({ faults }) => faults)],
    ['recoveries, s: median', at(0.5)],
    ['recoveries, s: slowest', at(1)],
  ]);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a whole number above 0.');
}
