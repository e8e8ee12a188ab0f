import { Command } from 'commander';
import { runCommand } from './command/command.ts';
import { openLake } from './command/lake-client.ts';
import { checkClock } from './doctor/check-clock.ts';
import { checkContracts } from './doctor/check-contracts.ts';
import { checkCurrencies } from './doctor/check-currencies.ts';
import { checkDisk } from './doctor/check-disk.ts';
import { checkPorts } from './doctor/check-ports.ts';
import { checkSchedule } from './doctor/check-schedule.ts';
import { checkSources } from './doctor/check-sources.ts';
import { checkTemporal } from './doctor/check-temporal.ts';
import { exitCodeOf, findingLines, ok, type Finding } from './doctor/finding.ts';
import { LakeError } from '../lake/lake-error.ts';
import { PlanError } from '../plan/plan-error.ts';
import { loadSettings, SettingsError } from '../settings.ts';

const program = new Command('doctor')
  .description('Look at everything that a run needs, and say what is wrong and how to mend it.')
  .option('--offline', 'send no request to a source');

await runCommand<{ offline?: boolean }>(program, async (output, flags) => {
  const findings: Finding[] = [];
  try {
    await examine(findings, flags.offline ?? false);
  } catch (error) {
    const cause = stopOf(error);
    if (!cause) throw error;
    findings.push(cause);
  }
  for (const line of findingLines(findings, output.width)) output.say(line);
  output.json({ findings });
  return exitCodeOf(findings);
});

/** Checks one thing after the other; what stops it is the last thing found. */
async function examine(findings: Finding[], isOffline: boolean): Promise<void> {
  const now = new Date();
  const settings = loadSettings();
  findings.push(ok('settings', `${settings.assets.length} assets, ${settings.market} market`));
  findings.push(checkSchedule(settings, now));
  findings.push(...checkCurrencies(settings));
  findings.push(await checkContracts(settings));
  const open = await openLake(settings);
  findings.push(...(await checkDisk(open)));
  findings.push(...(await checkTemporal(open, now)));
  findings.push(...(await checkPorts(open)));
  if (!isOffline) findings.push(await checkClock(open, () => new Date()));
  findings.push(...(await checkSources(open, isOffline, now)));
}

/** Turns what makes further checks pointless into a finding; undefined for what nobody foresaw. */
function stopOf(error: unknown): Finding | undefined {
  if (error instanceof SettingsError)
    return { check: 'settings', verdict: 'wrong', blame: 'configuration', found: error.message };
  if (error instanceof PlanError)
    return { check: 'assets', verdict: 'wrong', blame: 'configuration', found: error.message };
  if (!(error instanceof LakeError)) return undefined;
  const blame = error.code === 'LakeMismatch' ? 'configuration' : 'set-up';
  return { check: 'lake', verdict: 'wrong', blame, found: error.message };
}
