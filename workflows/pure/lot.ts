import type { CellKey, DatasetId, PartitionDate } from './cell.ts';
import type { BatchRef, CellOfWindow } from './run.ts';

/** A lot answers with 400 bytes a cell, and each of its records is read once for every cell that shares it. */
export const cellsInLot = 50;

/** Members of one staged snapshot that are done together. */
export interface LotCells {
  readonly dataset: DatasetId;
  readonly date: PartitionDate;
  readonly batch: BatchRef;
  /** Counts from 1 within the batch. */
  readonly number: number;
  readonly members: readonly Member[];
}

/** A member of a snapshot: its ticker here, and the source's own id. */
export type Member = Pick<CellOfWindow, 'ticker' | 'symbol'>;

/** Cuts the members of a snapshot into lots, in their order. */
export function lotsOf(
  { dataset, date }: Omit<CellKey, 'ticker'>,
  batch: BatchRef,
  members: readonly Member[],
): LotCells[] {
  return Array.from({ length: Math.ceil(members.length / cellsInLot) }, (_, index) => ({
    dataset,
    date,
    batch,
    number: index + 1,
    members: members.slice(index * cellsInLot, (index + 1) * cellsInLot),
  }));
}
