import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { countOf } from '../workflows/pure/count-of.ts';
import { linesOfFinding, linesOfRepair } from './proof/difference-lines.ts';
import { existingLake } from './proof/existing-lake.ts';
import { repairLake } from '../proof/repair-lake.ts';
import { verifyLake } from '../proof/verify/verify-lake.ts';

interface VerifyFlags {
  readonly audit: boolean;
  readonly repair?: boolean;
}

const program = new Command('verify')
  .description(
    'Hold the lake against itself: every record and every file that one names, by its hash; every published file\n' +
      'against its contract once more; every batch; and that there is nothing else. Needs no server, and may run\n' +
      'beside a worker. Ends with 1 where something is missing, foreign, truncated or altered.',
  )
  .option('--no-audit', 'hashes only')
  .option(
    '--repair',
    'write published and replaced files again from staging, set foreign ones aside, remove remains of dead writers;\n' +
      'never touches staging, records or audits. Ends with 1 where something could not be repaired',
  );

await runCommand<VerifyFlags>(program, async (output, flags) => {
  const { proof } = await existingLake();
  let shown = '';
  const report = await verifyLake(proof, {
    now: new Date(),
    isAuditing: flags.audit,
    onProgress: (step) => {
      // Many steps are short: a terminal shows each in place, a log only every thousandth.
      if (output.isInPlace || (step !== shown && /000 cells$/.test(step))) output.progress(step);
      shown = step;
    },
  });
  const { cells, publishedFiles, auditedAgain, batches, findings } = report;
  const damages = findings.filter(({ isDamage }) => isDamage);
  output.say(
    `${countOf(cells, 'cell')}, ${countOf(publishedFiles, 'published file')} (${auditedAgain} audited again), ` +
      `staged batches ${batches}: ${damages.length === 0 ? 'nothing is wrong' : `${countOf(damages.length, 'thing')} wrong`}`,
  );
  for (const finding of damages) for (const line of linesOfFinding(finding)) output.say(line);
  const notes = findings.filter(({ isDamage }) => !isDamage);
  if (notes.length > 0) output.say(`no damage, and worth knowing:`);
  for (const note of notes) for (const line of linesOfFinding(note)) output.say(line);
  const repairs = flags.repair === true ? await repairLake(proof, findings) : [];
  for (const repair of repairs) for (const line of linesOfRepair(repair)) output.say(line);
  output.json({ ...report, ...(flags.repair === true ? { repairs } : {}) });
  const left = flags.repair === true ? unrepaired(repairs) : damages.length;
  return left > 0 ? exitCode.cellsMissing : exitCode.good;
});

function unrepaired(repairs: Awaited<ReturnType<typeof repairLake>>): number {
  return repairs.filter(({ finding, outcome }) => finding.isDamage && outcome === 'not-repaired').length;
}
