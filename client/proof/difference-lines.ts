import type { BronzeDifference } from '../../proof/rebuild-bronze.ts';
import type { Repair } from '../../proof/repair-lake.ts';
import type { Finding } from '../../proof/verify/finding.ts';
import { nameOfCell } from '../cell/named-cell.ts';

/** Says what differs of one publication, and why. */
export function nameOfDifference(difference: BronzeDifference): string {
  return `${nameOfCell(difference)} record ${difference.number}: ${difference.cause}: ${difference.found}`;
}

/** Says one finding as three lines. */
export function linesOfFinding({ kind, path, expected, found, advice }: Finding): string[] {
  return [`${kind}: ${path}`, `  expected ${expected}; found ${found}`, `  ${advice}`];
}

/** Says what became of one finding. */
export function linesOfRepair({ finding, outcome, reason }: Repair): string[] {
  const line = `${outcome}: ${finding.path} (${finding.kind})`;
  return reason === '' ? [line] : [line, `  ${reason}`];
}
