import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { countOf } from '../workflows/pure/count-of.ts';
import { existingLake } from './proof/existing-lake.ts';
import { linesOfRetention } from './retention/retention-lines.ts';
import { packOldFiles } from '../lake/archive/retain.ts';

interface RetentionFlags {
  readonly olderThan?: string;
  readonly dryRun?: boolean;
}

const program = new Command('retention')
  .description(
    'Pack old raw answers and replaced files into one zip for each source and month, with their hashes. A file is\n' +
      'removed only once its archive was read back and recorded; every command reads it from there. Needs no server,\n' +
      'may run beside a worker, and goes on where an earlier one was stopped. Ends with 1 where something was left.',
  )
  .option(
    '--older-than <days>',
    'months whose last day is older, such as 90d (default: retention.archiveAfterDays of marketlake.yaml)',
  )
  .option('--dry-run', 'say what would be packed, and write nothing');

await runCommand<RetentionFlags>(program, async (output, flags) => {
  const asked = flags.olderThan === undefined ? undefined : daysOf(flags.olderThan);
  const { open } = await existingLake();
  const olderThanDays = asked ?? open.settings.retention.archiveAfterDays;
  if (olderThanDays === null) {
    throw new WrongUse(
      'Nothing says how old is old: write --older-than 90d, or set retention.archiveAfterDays in marketlake.yaml.',
    );
  }
  const isDryRun = flags.dryRun === true;
  const report = await packOldFiles(open.store, {
    olderThanDays,
    now: new Date(),
    isDryRun,
    onProgress: (step) => output.progress(step),
  });
  for (const line of linesOfRetention(report, isDryRun)) output.say(line);
  output.json({ olderThanDays, isDryRun, ...report });
  if (report.left.length === 0) return exitCode.good;
  output.say(`${countOf(report.left.length, 'thing')} left; npx tsx client/verify.ts says what to do`);
  return exitCode.cellsMissing;
});

function daysOf(text: string): number {
  const days = /^(\d{1,5})d?$/.exec(text)?.[1];
  if (days !== undefined) return Number(days);
  throw new WrongUse(`--older-than is "${text}": write a number of days, such as 90d.`);
}
