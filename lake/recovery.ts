import type { CellKey } from '../workflows/pure/cell.ts';

/** What recovery needs from outside the lake. */
export interface RecoveryHelp {
  /** Tells whether an execution of a workflow (ids without the lake's) is still open. */
  readonly isOpen: (workflowId: string, workflowRunId: string) => Promise<boolean>;
  /** Writes a published cell's file again from its batch, as a candidate; false where that cannot be done. */
  readonly restore: (cell: CellKey) => Promise<boolean>;
  readonly now: () => Date;
}

/** What recovery found and did; the lists name cells and files. */
export interface Recovered {
  readonly removed: readonly string[];
  readonly completed: readonly string[];
  readonly restored: readonly string[];
  readonly quarantined: readonly string[];
  readonly lost: readonly string[];
}
