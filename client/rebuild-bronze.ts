import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { countOf } from '../workflows/pure/count-of.ts';
import { existingLake } from './proof/existing-lake.ts';
import { filterOf, type FilterFlags } from './proof/filter-flags.ts';
import { everySoMany } from './proof/every-so-many.ts';
import { nameOfDifference } from './proof/difference-lines.ts';
import { openTarget } from './proof/rebuild-target.ts';
import { rebuildBronze } from '../proof/rebuild-bronze.ts';

interface RebuildFlags extends FilterFlags {
  readonly into: string;
  readonly superseded?: boolean;
}

const program = new Command('rebuild-bronze')
  .description(
    'Make every published file again, from staging, records and kept contracts, in a folder outside the lake.\n' +
      'Needs no server and no network, and writes nothing into the lake. Each file is held against the hash of its\n' +
      'record: byte for byte, or row for row where another version of the writer made it. The same command goes on\n' +
      'where an earlier one was stopped. Ends with 1 where something differs.',
  )
  .requiredOption('--into <folder>', 'where to: a new folder, or one of an earlier rebuild of this lake')
  .option('--dataset <dataset>', 'only this one, source.resource')
  .option('--tickers <list>', 'only these, such as BTC,AAPL')
  .option('--from <date>', 'first day, YYYY-MM-DD, inclusive')
  .option('--to <date>', 'last day, inclusive')
  .option('--superseded', 'the files that restatements replaced too');

await runCommand<RebuildFlags>(program, async (output, flags) => {
  const filter = filterOf(flags);
  const { open, proof } = await existingLake();
  const target = await openTarget(flags.into, open);
  const report = await rebuildBronze(proof, target.store, {
    ...filter,
    withSuperseded: flags.superseded === true,
    onProgress: everySoMany(1_000, (done) => output.progress(`${countOf(done, 'file')} made`)),
  });
  await target.report(report);
  const { publications, sameBytes, sameRows, alreadyThere, differences } = report;
  output.say(`${countOf(publications, 'publication')} rebuilt into ${target.folder}, without a request:`);
  output.say(
    `  byte for byte as recorded: ${sameBytes + alreadyThere} (${alreadyThere} from an earlier rebuild)`,
  );
  output.say(`  row for row, by another writer: ${sameRows}`);
  output.say(`  different: ${differences.length}`);
  for (const difference of differences) output.say(`  ${nameOfDifference(difference)}`);
  output.json({ folder: target.folder, ...report });
  return differences.length > 0 ? exitCode.cellsMissing : exitCode.good;
});
