import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { splitDataset, type CellKey, type CellState } from './pure/cell.ts';
import type { RunContext } from './pure/run.ts';

/** The attributes by which the Web UI's list can be filtered; all Keyword, made before a worker starts. */
const tickerKey = defineSearchAttributeKey('Ticker', SearchAttributeType.KEYWORD);
const dateKey = defineSearchAttributeKey('PartitionDate', SearchAttributeType.KEYWORD);
const sourceKey = defineSearchAttributeKey('Source', SearchAttributeType.KEYWORD);
const stateKey = defineSearchAttributeKey('PartitionState', SearchAttributeType.KEYWORD);
const runKey = defineSearchAttributeKey('Run', SearchAttributeType.KEYWORD);

/** What a cell's workflow is found by, from its start on. */
export function cellAttributes(cell: CellKey, context: RunContext, state: CellState): SearchAttributePair[] {
  if (!context.options.isSearchable) return [];
  return [
    { key: tickerKey, value: cell.ticker },
    { key: dateKey, value: cell.date },
    { key: sourceKey, value: splitDataset(cell.dataset).source },
    { key: stateKey, value: state },
    { key: runKey, value: context.run },
  ];
}

/** What a window's or a run's workflow is found by. */
export function runAttributes(context: RunContext, source?: string): SearchAttributePair[] {
  if (!context.options.isSearchable) return [];
  return [{ key: runKey, value: context.run }, ...(source ? [{ key: sourceKey, value: source }] : [])];
}

/** Follows a change of a cell's state. A workflow started by hand bears no attributes yet, so all are set. */
export function showState(cell: CellKey, context: RunContext, state: CellState): void {
  if (!context.options.isSearchable) return;
  const shown = workflowInfo().typedSearchAttributes;
  if (shown.get(tickerKey) !== cell.ticker) upsertSearchAttributes(cellAttributes(cell, context, state));
  else if (shown.get(stateKey) !== state) upsertSearchAttributes([{ key: stateKey, value: state }]);
}
