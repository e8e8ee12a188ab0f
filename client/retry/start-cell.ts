import type { WorkflowHandle } from '@temporalio/client';
import type { ConnectedLake } from '../command/lake-client.ts';
import { runOptions } from '../run/start-run.ts';
import { splitDataset, type CellKey } from '../../workflows/pure/cell.ts';
import { inLake, mainQueue, partitionId, retryId } from '../../workflows/pure/ids.ts';
import type { PartitionInput } from '../../workflows/partition.ts';

/** How a cell is started that does not fetch its own day. */
export interface CellStart extends Pick<PartitionInput, 'staged' | 'cause'> {
  /** The run that its records name. */
  readonly run: string;
}

/** Starts a cell by itself, or joins it where any run has it in hand. */
export async function startCell(
  lake: ConnectedLake,
  cell: CellKey,
  { run, ...start }: CellStart = { run: retryId(`${cell.date}/${cell.ticker}`) },
): Promise<WorkflowHandle> {
  const { id } = lake.lake;
  const context = { lake: id, run, options: runOptions(lake.settings, lake.isSearchable) };
  const input: PartitionInput = { ...cell, context, ...start };
  return lake.client.workflow.start('partition', {
    workflowId: inLake(id, partitionId(cell)),
    taskQueue: mainQueue(id),
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${cell.ticker} ${cell.date}`,
    ...(lake.isSearchable ? { searchAttributes: attributesOf(cell, run) } : {}),
  });
}

function attributesOf({ ticker, date, dataset }: CellKey, run: string): Record<string, string[]> {
  const { source } = splitDataset(dataset);
  return {
    Ticker: [ticker],
    PartitionDate: [date],
    Source: [source],
    PartitionState: ['running'],
    Run: [run],
  };
}
