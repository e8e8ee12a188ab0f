import { countOf } from '../../workflows/pure/count-of.ts';
import type { ContractDifference } from '../../contracts/difference.ts';
import { compareVersions, neededVersion } from '../../contracts/version.ts';
import type { ContractPlan } from './contract-plan.ts';
import type { Offender, RuleToll, UntoldCell } from './toll.ts';

const untoldNamed = 5;

/** Says what would become of cells if a contract were applied, and how to apply it. */
export function contractPlanLines(plan: ContractPlan): string[] {
  const { dataset, version, newestJudged } = plan;
  if (newestJudged === null)
    return [`${dataset} ${version}: every cell was judged by it; nothing would change.`];
  const ending =
    plan.versionFault ??
    `Nothing was changed. To apply it: start the worker again, then npx tsx client/reaudit.ts --dataset ${dataset}`;
  return [
    `${dataset} ${newestJudged} → ${version}${reachWords(plan)}`,
    ...(plan.difference
      ? differenceLines(plan.difference)
      : ['  the lake did not keep the contract before it']),
    ...countLines(plan),
    ...plan.rules.flatMap(ruleLines),
    ...untoldLines(plan.untold),
    `  ${ending}`,
  ];
}

function reachWords({ difference, newestJudged, version, versionFault }: ContractPlan): string {
  if (!difference || newestJudged === null) return '';
  const words = {
    breaking: 'breaking: readers of the files have to follow',
    compatible: 'compatible: readers of the files go on as they are',
    words: 'words only',
  }[difference.reach];
  const needed = neededVersion(newestJudged, difference.reach);
  const isLow = versionFault === null && compareVersions(version, needed) < 0;
  return `: ${words}${isLow ? `; such a change asks for version ${needed}` : ''}`;
}

function differenceLines(difference: ContractDifference): string[] {
  const listed = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`  ${title}: ${names.join(', ')}`];
  return [
    ...listed('columns added', difference.addedColumns),
    ...listed('columns removed', difference.removedColumns),
    ...listed(
      'columns of another type',
      difference.retypedColumns.map(({ name, from, to }) => `${name} (${from} → ${to})`),
    ),
    ...listed('rules added', difference.addedRules),
    ...listed('rules removed', difference.removedRules),
    ...listed('rules changed', difference.changedRules),
    ...listed('terms changed', difference.changedTerms),
  ];
}

function countLines({ counts, version }: ContractPlan): string[] {
  const { passing, refused, admitted, stillRefused } = counts;
  const lines = [
    { count: passing, of: 'published cell', fate: `would pass, and be published anew under ${version}` },
    { count: refused, of: 'published cell', fate: 'would be refused' },
    { count: admitted, of: 'refused cell', fate: 'would be published' },
    { count: stillRefused, of: 'refused cell', fate: 'would be refused again' },
  ];
  return lines
    .filter(({ count }) => count > 0)
    .map(({ count, of, fate }) => `  ${countOf(count, of)} ${fate}`);
}

function ruleLines({ rule, severity, expected, cellCount, first }: RuleToll): string[] {
  const more = cellCount > first.length ? [`    and ${cellCount - first.length} more`] : [];
  const verb = severity === 'error' ? 'refuses' : 'only warns of';
  return [
    `  ${rule} ${verb} ${countOf(cellCount, 'cell')} (wanted: ${expected})`,
    ...first.map(offenderLine),
    ...more,
  ];
}

function offenderLine({ ticker, date, measured, rows }: Offender): string {
  const isKey = (name: string): boolean => /^(source_id|resource_id|ticker_id|bar_date|__.*)$/.test(name);
  const values = Object.entries(rows[0] ?? {})
    .filter(([name]) => !isKey(name))
    .map(([name, value]) => `${name}=${value ?? 'null'}`);
  return `    ${ticker} ${date}: found ${measured}${values.length > 0 ? `, ${values.join(' ')}` : ''}`;
}

function untoldLines(untold: readonly UntoldCell[]): string[] {
  if (untold.length === 0) return [];
  const named = untold.slice(0, untoldNamed).map(({ ticker, date, why }) => `    ${ticker} ${date}: ${why}`);
  return [`  ${countOf(untold.length, 'cell')} of which nobody can tell:`, ...named];
}
