import { exitCode, type ExitCode } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { judgedFilter, type JudgedFlags } from '../reaudit/judged-filter.ts';
import { contractPlan, hasFindings } from './contract-plan.ts';
import { namedContracts } from './named-contracts.ts';
import { contractPlanLines } from './plan-words.ts';

/** Shows what contracts would do, before they are applied: 1 where a published cell would be refused. */
export async function showContractPlan(
  open: OpenLake,
  flags: JudgedFlags & { readonly contract: string | true },
  output: Output,
  now: Date,
): Promise<ExitCode> {
  const filter = judgedFilter(flags, open, now);
  const plans = await contractPlan(open, namedContracts(flags.contract), filter, (line) =>
    output.progress(line),
  );
  for (const plan of plans) for (const line of contractPlanLines(plan)) output.say(line);
  output.json(plans);
  return plans.some(hasFindings) ? exitCode.cellsMissing : exitCode.good;
}
