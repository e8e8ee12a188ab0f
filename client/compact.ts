import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { countOf } from '../workflows/pure/count-of.ts';
import { existingLake } from './proof/existing-lake.ts';
import { pendingKey } from '../lake/local-store.ts';
import { compactLake } from '../warehouse/compact/compact-lake.ts';

const program = new Command('compact')
  .description(
    'Write the published rows of each ticker and year into one file under compact/, from which the warehouse is built\n' +
      'several times as fast. Derived: bronze stays as it is, and compact/ may be deleted at any time. Runs make these\n' +
      'files by themselves where it pays. Needs no server, and may run beside a worker.',
  )
  .option(
    '--at-least <cells>',
    'only years of which so many cells are in no compact file as they are now (default: 1)',
    '1',
  );

await runCommand<{ atLeast: string }>(program, async (output, flags) => {
  const atLeast = Number(flags.atLeast);
  if (!Number.isInteger(atLeast) || atLeast < 1)
    throw new WrongUse(`--at-least is "${flags.atLeast}": write a number of cells, 1 or more.`);
  const { open } = await existingLake();
  const indexPath = open.store.pathOf(pendingKey());
  try {
    await mkdir(dirname(indexPath), { recursive: true });
    await open.index.copyTo(indexPath);
    const report = await compactLake(open.store, {
      indexPath,
      atLeast,
      onProgress: (step) => {
        if (output.isInPlace) output.progress(step);
      },
      onIgnored: (sentence) => output.say(sentence),
    });
    output.say(
      report.files === 0
        ? 'nothing to compact'
        : `${countOf(report.cells, 'cell')} in ${countOf(report.files, 'file')} under compact/`,
    );
    output.json(report);
    return exitCode.good;
  } finally {
    await rm(indexPath, { force: true });
  }
});
