import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { connectLake, openLake } from './command/lake-client.ts';
import { meteredOf, quotaLeft } from './quota/quota-left.ts';
import { quotaLines } from './quota/quota-lines.ts';

const program = new Command('quota').description(
  'Show how many requests each key has used and has left in this minute, day and month, and who waits for leave.',
);

await runCommand(program, async (output) => {
  const open = await openLake();
  const sources = meteredOf(open);
  if (sources.length === 0) {
    output.say('No request of this lake spends anything: it asks the sample market or local files only.');
    output.json({ sources: [] });
    return exitCode.good;
  }
  const lake = await connectLake(open);
  const found = await Promise.all(sources.map((source) => quotaLeft(lake, source)));
  const lefts = found.flatMap((left) => left ?? []);
  for (const left of lefts) for (const line of quotaLines(left)) output.say(line);
  output.json({ sources: lefts });
  return exitCode.good;
});
