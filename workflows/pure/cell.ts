/**
 * The words every room shares: dates, datasets, cells and their states. Pure: no Node, no clock,
 * so that workflows and the world outside may both import it.
 */

/** A trading day, `YYYY-MM-DD`: the day whose closing price a cell holds. Compares correctly as text. */
export type PartitionDate = string;

/** One (source, resource), written `source.resource`, such as `massive.daily_bars`. */
export type DatasetId = string;

/** One partition of one dataset: the unit of work, of publication and of retry. */
export interface CellKey {
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly date: PartitionDate;
}

/** The state of a cell: what its newest record says, or `running` (asked of Temporal), or `missing`. */
export type CellState =
  'published' | 'closed' | 'waiting' | 'running' | 'refused' | 'failed' | 'skipped' | 'missing';

/** All states, in the order in which people are shown them. */
export const cellStates: readonly CellState[] = [
  'published',
  'closed',
  'waiting',
  'running',
  'refused',
  'failed',
  'skipped',
  'missing',
];

/** Splits a dataset id at its first dot. */
export function splitDataset(dataset: DatasetId): { source: string; resource: string } {
  const dot = dataset.indexOf('.');
  if (dot <= 0 || dot === dataset.length - 1) throw new RangeError(`"${dataset}" is not source.resource`);
  return { source: dataset.slice(0, dot), resource: dataset.slice(dot + 1) };
}

/** Builds a dataset id. */
export function datasetId(source: string, resource: string): DatasetId {
  return `${source}.${resource}`;
}

const dayMs = 86_400_000;

/** Tells whether a text is a date of the calendar, `YYYY-MM-DD`. */
export function isPartitionDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && utcDateOf(ms) === text;
}

/** The UTC calendar day of an instant in milliseconds. */
export function utcDateOf(instantMs: number): PartitionDate {
  return new Date(instantMs).toISOString().slice(0, 10);
}

/** 00:00:00 UTC of a date, in milliseconds. */
export function midnightUtcMs(date: PartitionDate): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** The date that lies `days` (negative: before) from another. */
export function addDays(date: PartitionDate, days: number): PartitionDate {
  return utcDateOf(midnightUtcMs(date) + days * dayMs);
}

/** How many days `to` lies after `from`. */
export function daysBetween(from: PartitionDate, to: PartitionDate): number {
  return Math.round((midnightUtcMs(to) - midnightUtcMs(from)) / dayMs);
}

/** Every date of a range, both ends included; empty where `from` is after `to`. */
export function datesBetween(from: PartitionDate, to: PartitionDate): PartitionDate[] {
  const count = daysBetween(from, to) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => addDays(from, index));
}
