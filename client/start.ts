import { Command } from 'commander';
import { once } from 'node:events';
import { runCommand } from './command/command.ts';
import { exitCode } from './command/exit-code.ts';
import { connectLake, openLake, type OpenLake } from './command/lake-client.ts';
import type { Output } from './command/output.ts';
import { keyLines, keyStanding } from './run/key-lines.ts';
import { performRun } from './run/perform-run.ts';
import { withRangeFlags } from './run/range-flags.ts';
import {
  backfillRequest,
  withTodaysSnapshots,
  type BackfillFlags,
  type NamedRequest,
} from './run/run-request.ts';
import { bringUp } from './stack/bring-up.ts';
import { claimStart } from './stack/start-claim.ts';
import { placesLines } from './stack/places.ts';
import type { Runtime } from '../lake/runtime.ts';

const program = withRangeFlags(new Command('start'))
  .description('Bring up a Temporal server, the market and a worker, backfill, and stay up until Ctrl-C.')
  .option('--once', 'end after the table');

await runCommand<BackfillFlags & { once?: boolean }>(program, async (output, flags) => {
  const now = new Date();
  const open = await openLake();
  const named = withTodaysSnapshots(await backfillRequest(flags, open, now), open, now);
  const say = (line: string): void => output.say(line);
  keyLines(keyStanding(open.settings)).forEach(say);
  const claim = await claimStart(open.store, say);
  if (claim.kind === 'joined') {
    output.say(`Joining what process ${claim.runtime.pid} keeps up for ${open.settings.lakeFolder}`);
    return runAndTell({ ...open, runtime: claim.runtime }, claim.runtime, named, output, now);
  }
  const interrupted = onceInterrupted();
  const stack = await bringUp(open, say);
  try {
    const running = runAndTell({ ...open, runtime: stack.runtime }, stack.runtime, named, output, now);
    const code = await Promise.race([running, interrupted]);
    if (code === 'interrupted') {
      output.say(`Stopping. ${named.run} goes on where it is at the next npm start.`);
      return exitCode.weFailed;
    }
    if (flags.once !== true) {
      output.say();
      output.say('Up until Ctrl-C.');
      await interrupted;
      output.say('Stopping.');
    }
    return code;
  } finally {
    await stack.stop();
    await claim.release();
  }
});

async function runAndTell(
  open: OpenLake,
  runtime: Runtime,
  named: NamedRequest,
  output: Output,
  now: Date,
): Promise<Awaited<ReturnType<typeof performRun>>> {
  const code = await performRun(await connectLake(open), named, output, now);
  output.say();
  for (const line of placesLines(open, runtime)) output.say(line);
  return code;
}

async function onceInterrupted(): Promise<'interrupted'> {
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  return 'interrupted';
}
