import type { AlertKind, AlertNews } from '../alerts/alert.ts';
import type { Check } from '../contracts/verdict.ts';
import type { CellKey, DatasetId } from '../workflows/pure/cell.ts';
import type { PlanSummary, RunEnd } from '../workflows/pure/run.ts';

/** How a cell came out of a step. `restated`: published over another content; `unchanged`: the source said the same. */
export const cellOutcomes = [
  'published',
  'restated',
  'unchanged',
  'closed',
  'waiting',
  'refused',
  'failed',
  'skipped',
] as const;

/** One of the ways in which a cell comes out of a step. */
export type CellOutcome = (typeof cellOutcomes)[number];

/** Why a cell is not published. */
interface Why {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** What only a step itself knows and whoever watches the worker wants to. An attempt that is repeated says it twice. */
export type Observation =
  /** One request to a source; `status` is null where no answer came. */
  | {
      readonly kind: 'request';
      readonly source: string;
      readonly status: number | null;
      readonly seconds: number;
    }
  | { readonly kind: 'audit'; readonly dataset: DatasetId; readonly checks: readonly Check[] }
  | ({
      readonly kind: 'cell';
      readonly run: string;
      readonly cell: CellKey;
      readonly outcome: CellOutcome;
    } & Why)
  /** Many cells that share an outcome and its reason. */
  | ({
      readonly kind: 'cells';
      readonly run: string;
      readonly dataset: DatasetId;
      readonly outcome: CellOutcome;
      readonly count: number;
    } & Why)
  | { readonly kind: 'run-planned'; readonly run: string; readonly summary: PlanSummary }
  | { readonly kind: 'run-ended'; readonly run: string; readonly end: RunEnd }
  | {
      readonly kind: 'alert';
      readonly run: string;
      readonly about: AlertKind;
      readonly event: AlertNews['event'];
      readonly title: string;
    }
  /** One request to a webhook; `status` is null where no answer came. */
  | {
      readonly kind: 'delivery';
      readonly webhook: string;
      readonly status: number | null;
      readonly seconds: number;
    }
  /** Nothing more is sent to this webhook of this alert. */
  | ({
      readonly kind: 'delivery-ended';
      readonly webhook: string;
      readonly about: AlertKind;
      readonly key: string;
      readonly event: 'delivered' | 'undelivered';
    } & Why)
  | {
      readonly kind: 'rebuild';
      readonly outcome: 'built' | 'unchanged' | 'failed';
      readonly seconds: number;
    }
  /** Compact files that were made, could not be made, or were left aside by a rebuild: nothing is lost by it. */
  | {
      readonly kind: 'compaction';
      readonly outcome: 'made' | 'failed' | 'ignored';
      readonly files: number;
      readonly reason?: string;
    }
  /** What was packed away at a run's end; `left` and `failed` want a person. */
  | {
      readonly kind: 'retention';
      readonly run: string;
      readonly outcome: 'packed' | 'idle' | 'left' | 'failed';
      readonly archives: number;
      readonly removed: number;
      readonly reason?: string;
    };

/** Tells whoever watches. Never fails, and never waits. */
export type Observe = (what: Observation) => void;

/** For a worker that nobody watches. */
export const unobserved: Observe = () => undefined;
