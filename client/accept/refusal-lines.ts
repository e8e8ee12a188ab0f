import { nameOfCell } from '../cell/named-cell.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { refusingChecks } from '../../contracts/acceptance.ts';
import type { Check } from '../../contracts/verdict.ts';
import { stagingFolder } from '../../lake/layout.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import type { RefusedCell } from './refused-cell.ts';

/** Shows what refused a cell, rule by rule, and where the evidence lies; to ask, also what to write next. */
export function showRefusal(
  output: Output,
  open: Pick<OpenLake, 'store'>,
  refused: RefusedCell,
  isQuestion: boolean,
): void {
  for (const line of refusalLines(open, refused)) output.say(line);
  const { cell, refusal, audit } = refused;
  if (!isQuestion) return;
  const command = `npx tsx client/accept.ts ${cell.date} ${cell.ticker} --reason "…"`;
  output.say(`If it is right as it is: ${command} --until YYYY-MM-DD, or --for-good`);
  output.json({
    ...cell,
    state: 'refused',
    refusedAt: refusal.recordedAt,
    contractVersion: refusal.contractVersion,
    audit: refusal.audit,
    checks: refusingChecks(audit.verdict),
  });
}

/** What refused a cell: each rule, what was measured, what was wanted, and the rows that offend. */
export function refusalLines(
  open: Pick<OpenLake, 'store'>,
  { cell, refusal, audit, staged }: RefusedCell,
): string[] {
  const { source } = splitDataset(cell.dataset);
  const at = `${refusal.recordedAt.slice(0, 16)}Z`;
  return [
    `${nameOfCell(cell)} was refused at ${at} under contract version ${refusal.contractVersion ?? '?'}:`,
    ...refusingChecks(audit.verdict).flatMap(checkLines),
    `  raw answer: ${open.store.pathOf(stagingFolder(source, staged.batch.ingestionDate, staged.batch.id))}`,
    ...(audit.keptAt ? [`  candidate:  ${open.store.pathOf(audit.keptAt)}`] : []),
    `  verdict:    ${open.store.pathOf(refusal.audit ?? '')}`,
  ];
}

function checkLines({ rule, measured, expected, offenders }: Check): string[] {
  const rows = offenders.map(
    (row) =>
      `      row: ${Object.entries(row)
        .filter(([name]) => !name.startsWith('__'))
        .map(([name, value]) => `${name}=${value ?? 'null'}`)
        .join(' ')}`,
  );
  return [`  ${rule}: found ${measured}, wanted ${expected}`, ...rows];
}
