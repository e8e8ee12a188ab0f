import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { CalendarError } from '../../calendars/calendar-error.ts';
import { ContractError } from '../../contracts/contract-error.ts';
import { LakeError } from '../../lake/lake-error.ts';
import { PlanError } from '../../plan/plan-error.ts';
import { SettingsError } from '../../settings.ts';
import { flushTraces } from '../../telemetry/traces.ts';
import { AsOfError } from '../../warehouse/as-of/as-of-error.ts';
import { exitCode, WrongUse, type ExitCode } from './exit-code.ts';
import { Output } from './output.ts';

/** What a command does once its words are understood; it answers with how it ended. */
export type Act<Options> = (output: Output, options: Options, words: readonly string[]) => Promise<ExitCode>;

/**
 * Runs one command: reads its words, does the act, and turns whatever went wrong into a sentence and an
 * exit code. `--json` and `--help` are everybody's.
 */
export async function runCommand<Options extends object>(program: Command, act: Act<Options>): Promise<void> {
  program
    .option('--json', 'print one JSON value instead of sentences')
    .exitOverride()
    .showHelpAfterError(false);
  let output = new Output(process.argv.includes('--json'));
  let code: ExitCode = exitCode.good;
  try {
    program.parse();
    const options = program.opts<Options & { json?: boolean }>();
    output = new Output(options.json === true);
    code = await act(output, options, program.args);
  } catch (error) {
    code = complain(output, error);
  }
  await flushTraces();
  process.exit(code);
}

/** Says what went wrong and answers the exit code for it. */
function complain(output: Output, error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.good;
    // Commander has said its own sentence to people already; a program waits for JSON.
    if (output.isJson) output.complain('WrongUse', error.message);
    return exitCode.wrongUse;
  }
  output.complain(codeOf(error), error instanceof Error ? error.message : String(error));
  return isWrongUse(error) ? exitCode.wrongUse : exitCode.weFailed;
}

/** What a person asked for wrongly, in words or in the configuration. */
function isWrongUse(error: unknown): boolean {
  const isOtherMarket = error instanceof LakeError && error.code === 'LakeMismatch';
  const wrong = [WrongUse, SettingsError, PlanError, CalendarError, AsOfError, ContractError];
  return isOtherMarket || wrong.some((kind) => error instanceof kind);
}

/** The code of one of our own errors; those of Node (`ENOENT`) are not ours to promise. */
function codeOf(error: unknown): string {
  const { code } = error instanceof Error && 'code' in error ? error : { code: 'Unexpected' };
  return typeof code === 'string' && /^([A-Z][a-z]+)+$/.test(code) ? code : 'Unexpected';
}
