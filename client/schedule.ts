import { Argument, Command } from 'commander';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse, type ExitCode } from './command/exit-code.ts';
import { connectLake, openLake, type ConnectedLake } from './command/lake-client.ts';
import type { Output } from './command/output.ts';
import { clockWarning } from './schedule/clock-changes.ts';
import { createSchedule, describeSchedule, isInLine, scheduleOf } from './schedule/daily-schedule.ts';
import { recentTicks, scheduleLines, timeIn } from './schedule/schedule-lines.ts';
import { configuredDays, weekDays, type WeekDay } from './schedule/tick-days.ts';
import { triggerTick } from './schedule/trigger.ts';

const actions = ['create', 'describe', 'trigger', 'pause', 'resume', 'delete'] as const;

const program = new Command('schedule')
  .description('The daily run by itself, at the time that marketlake.yaml names.')
  .addArgument(new Argument('<action>', 'what to do with it').choices(actions))
  .addHelpText(
    'after',
    `
create    makes the schedule, or brings the one that is there into line
describe  says when it ticks, whether it is paused, and what its ticks did
trigger   lets it tick now
pause, resume, delete`,
  );

await runCommand(program, async (output, _flags, words) => {
  // Commander has refused every other word.
  const action = words[0] as (typeof actions)[number];
  const lake = await connectLake(await openLake());
  switch (action) {
    case 'create':
      return create(lake, output);
    case 'describe':
      return describe(lake, output);
    case 'trigger':
      return trigger(lake, output);
    case 'pause':
    case 'resume':
      return setPaused(lake, output, action === 'pause');
    case 'delete':
      return remove(lake, output);
  }
});

async function create(lake: ConnectedLake, output: Output): Promise<ExitCode> {
  const outcome = await createSchedule(lake);
  const found = await neededSchedule(lake);
  const { time, timeZone } = lake.settings.schedule;
  const warning = clockWarning(lake.settings.schedule, new Date());
  const next = found.info.nextActionTimes[0];
  const said = {
    created: 'created',
    updated: 'was not what marketlake.yaml says; it is now',
    unchanged: 'is there and in line',
  };
  const days = daysWords(await configuredDays(lake, new Date()));
  output.say(`Schedule ${found.scheduleId} ${said[outcome]}: ${days} at ${time} ${timeZone}.`);
  if (warning) output.say(warning);
  if (found.state.paused) output.say('It is paused. Let it go on with: npx tsx client/schedule.ts resume');
  else if (next) output.say(`It ticks next at ${timeIn(next, timeZone)}.`);
  output.json({
    schedule: found.scheduleId,
    outcome,
    isPaused: found.state.paused,
    next: next?.toISOString() ?? null,
    ...(warning ? { warning } : {}),
  });
  return exitCode.good;
}

async function describe(lake: ConnectedLake, output: Output): Promise<ExitCode> {
  const found = await describeSchedule(lake);
  if (!found) {
    output.say('This lake has no schedule. Make one with: npx tsx client/schedule.ts create');
    output.json({ schedule: null });
    return exitCode.cellsMissing;
  }
  const ticks = await recentTicks(lake, found);
  const isConfigured = await isInLine(lake, found);
  for (const line of scheduleLines(found, ticks, isConfigured)) output.say(line);
  output.json({
    schedule: found.scheduleId,
    isPaused: found.state.paused,
    isConfigured,
    next: found.info.nextActionTimes.map((at) => at.toISOString()),
    ticks,
  });
  return exitCode.good;
}

async function trigger(lake: ConnectedLake, output: Output): Promise<ExitCode> {
  const ticked = await triggerTick(lake, await neededSchedule(lake));
  output.say(
    ticked.isStarted ? `The tick started ${ticked.run}.` : `The tick found ${ticked.run} running already.`,
  );
  output.say('See it with: npx tsx client/status.ts');
  output.json(ticked);
  return exitCode.good;
}

async function setPaused(lake: ConnectedLake, output: Output, isPaused: boolean): Promise<ExitCode> {
  const found = await neededSchedule(lake);
  const isChanged = found.state.paused !== isPaused;
  if (isChanged && isPaused) await scheduleOf(lake).pause('paused by npx tsx client/schedule.ts pause');
  if (isChanged && !isPaused) await scheduleOf(lake).unpause('resumed by npx tsx client/schedule.ts resume');
  const stands = isPaused ? 'paused' : 'not paused';
  output.say(isChanged ? `The schedule is now ${stands}.` : `The schedule was ${stands} already.`);
  output.json({ schedule: found.scheduleId, isPaused, isChanged });
  return exitCode.good;
}

async function remove(lake: ConnectedLake, output: Output): Promise<ExitCode> {
  const found = await neededSchedule(lake);
  await scheduleOf(lake).delete();
  output.say('The schedule is deleted. Runs that it started go on.');
  output.json({ schedule: found.scheduleId, outcome: 'deleted' });
  return exitCode.good;
}

/** `every day`, or `on Tuesday, Wednesday, …`. */
function daysWords(days: readonly WeekDay[]): string {
  if (days.length === weekDays.length) return 'every day';
  return `on ${days.map((day) => `${day.slice(0, 1)}${day.slice(1).toLowerCase()}`).join(', ')}`;
}

async function neededSchedule(
  lake: ConnectedLake,
): Promise<NonNullable<Awaited<ReturnType<typeof describeSchedule>>>> {
  const found = await describeSchedule(lake);
  if (found) return found;
  throw new WrongUse('This lake has no schedule. Make one first: npx tsx client/schedule.ts create');
}
