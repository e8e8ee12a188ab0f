import { Command, InvalidArgumentError } from 'commander';
import { exitCode } from '../client/command/exit-code.ts';
import { table } from '../client/command/table.ts';
import type { ChaosOptions, ScenarioEnd } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { closeStages } from './stage.ts';
import { UndisturbedRuns } from './undisturbed.ts';

const names = Object.keys(scenarios);
const about = names.map((name) => `  ${name.padEnd(12)} ${scenarios[name]?.about}`).join('\n');

const program = new Command('chaos')
  .description(
    'Makes go wrong what can, over a synthetic market, and checks what is left. Ends with 1 where something is wrong.\n' +
      'docs/faults.md says what for.',
  )
  .option('--only <names>', 'scenarios, with commas between (default: all but soak)', namesOf)
  .option('--short', 'seconds where the long form takes minutes; one round, 12 days')
  .option(
    '--rounds <n>',
    'kills: how many rounds; one takes about a minute on two cores (default: 50)',
    wholeNumber,
  )
  .option('--seed <n>', 'draws again what this seed drew (default: another each time)', wholeNumber)
  .option('--days <n>', 'how many days each run backfills (default: 45)', wholeNumber)
  .option('--grain <grain>', 'the lane that backfills take: cell or month (default: what backfill chooses)')
  .option('--minutes <n>', 'how long trouble lasts that has a length', aboveZero)
  .option('--hours <n>', 'soak: how long (default: 1)', aboveZero)
  .addHelpText('after', `\nScenarios:\n${about}`)
  .exitOverride(({ exitCode: code }) => process.exit(code === 0 ? exitCode.good : exitCode.wrongUse))
  .parse();
interface Flags {
  readonly only?: readonly string[];
  readonly short?: true;
  readonly rounds?: number;
  readonly seed?: number;
  readonly days?: number;
  readonly grain?: string;
  readonly minutes?: number;
  readonly hours?: number;
}
const { only, short, ...flags } = program.opts<Flags>();
const isShort = short === true;
const seed = flags.seed ?? Math.floor(Math.random() * 1_000_000) + 1;
const say = (line: string): void => console.log(line);
const undisturbed = new UndisturbedRuns(say);
const { rounds = isShort ? 1 : 50, days = isShort ? 12 : 45 } = flags;
const options: ChaosOptions = { ...flags, seed, isShort, rounds, days, undisturbed, say };

say(`seed ${seed}`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void closeStages().finally(() => process.exit(exitCode.interrupted)));

const ends: (readonly [string, ScenarioEnd])[] = [];
for (const name of only ?? names.filter((each) => !scenarios[each]?.isOnlyNamed)) {
  say(`\n${name}: ${scenarios[name]?.about}`);
  ends.push([name, await playOrComplain(name)]);
}
await undisturbed.close();
say('');
const rows = ends.map(([name, end]) => [name, scenarios[name]?.rows ?? '', verdictOf(end), end.figures]);
for (const line of table([['scenario', 'rows', 'verdict', `figures, seed ${seed}`], ...rows])) say(line);
process.exit(
  ends.some(([, { complaints }]) => complaints.length > 0) ? exitCode.cellsMissing : exitCode.good,
);

/** A scenario that could not be played to its end is no proof: it counts as broken, and the others go on. */
async function playOrComplain(name: string): Promise<ScenarioEnd> {
  const scenario = scenarios[name];
  if (!scenario) throw new RangeError(`There is no scenario "${name}"`);
  const end = await scenario.play(options).catch((error: unknown): ScenarioEnd => {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { figures: 'not played to its end', complaints: [said] };
  });
  for (const complaint of end.complaints) say(`  WRONG: ${complaint}`);
  return end;
}

function verdictOf({ complaints, skipped }: ScenarioEnd): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return complaints.length === 0 ? 'held' : `${complaints.length} WRONG`;
}

function namesOf(text: string): string[] {
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return wanted;
  throw new InvalidArgumentError(`There is no scenario "${unknown}". There are: ${names.join(', ')}.`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a whole number above 0.');
}

function aboveZero(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a number above 0.');
}
