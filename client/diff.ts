import { Command, InvalidArgumentError } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { openLake, type OpenLake } from './command/lake-client.ts';
import { keysOfModels } from './command/project-models.ts';
import { differenceLines } from './diff/difference-lines.ts';
import { readSide, type Side } from './diff/side.ts';
import { compareWarehouses } from '../warehouse/diff/compare.ts';
import { differenceWords, isSame, type WarehouseDifference } from '../warehouse/diff/difference.ts';

interface DiffFlags {
  readonly examples: number;
}

const program = new Command('diff')
  .description(
    'Say in the words of the market how two warehouses differ, then model by model. Needs no server.\n' +
      'The schema metadata, which tells how a warehouse came to be, is left out.\n' +
      'Ends with 0 where nothing differs, with 1 where something does.',
  )
  .argument(
    '<before>',
    'a warehouse file, an instant such as 2026-11-19T18:00:00Z, a date (its end in UTC), or now',
  )
  .argument('<after>', 'likewise')
  .option('--examples <n>', 'changed rows shown of each model', wholeNumber, 3);

await runCommand<DiffFlags>(program, async (output, { examples }, [beforeText = '', afterText = '']) => {
  const now = new Date();
  const opening: { lake?: Promise<OpenLake> } = {};
  const open = (): Promise<OpenLake> => (opening.lake ??= openLake());
  const makers = [readSide(beforeText, open, now), readSide(afterText, open, now)];
  const sides: Side[] = [];
  try {
    for (const make of makers) sides.push(await make());
    const [before, after] = sides as [Side, Side];
    const difference = await compareSides(before, after, examples);
    output.say(`from ${before.name} to ${after.name}:`);
    for (const line of differenceLines(difference)) output.say(line);
    output.json({
      before: before.name,
      after: after.name,
      isSame: isSame(difference),
      words: differenceWords(difference),
      ...difference,
    });
    return isSame(difference) ? exitCode.good : exitCode.cellsMissing;
  } finally {
    for (const side of sides) await side.remove();
  }
});

async function compareSides(before: Side, after: Side, exampleCount: number): Promise<WarehouseDifference> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'marketlake-diff-'));
  try {
    const keys = await keysOfModels();
    return await compareWarehouses({
      before: before.path,
      after: after.path,
      keys,
      exampleCount,
      temporaryFolder,
    });
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 1_000) return number;
  throw new InvalidArgumentError('Write a whole number up to 1000.');
}
