import { Command } from 'commander';
import { hostname } from 'node:os';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { connectLake, openLake } from './command/lake-client.ts';
import { pollersOf, queueType } from './command/pollers.ts';
import { mainQueue } from '../workflows/pure/ids.ts';

const program = new Command('healthy').description(
  'Tell whether a worker of this host or container asks the server for work of the lake: the health check of its image.',
);

await runCommand(program, async (output) => {
  const lake = await connectLake(await openLake());
  const queue = { name: mainQueue(lake.lake.id), type: queueType.workflowTasks };
  const host = hostname();
  const workers = (await pollersOf(lake, queue, new Date())).filter((name) => name.endsWith(`@${host}`));
  const isHealthy = workers.length > 0;
  output.say(
    isHealthy
      ? `A worker of this host asks for work of the lake ${lake.lake.id}: ${workers.join(', ')}.`
      : `No worker of this host (${host}) has asked for work of the lake ${lake.lake.id} for a minute and a half. See its log; npx tsx client/doctor.ts tells more.`,
  );
  output.json({ lake: lake.lake.id, host, isHealthy, workers });
  return isHealthy ? exitCode.good : exitCode.cellsMissing;
});
