import { DuckDBInstance } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseJson } from '../../lake/json.ts';
import { auditFile, cellOfPath, monthAuditFile } from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { dirname } from 'node:path';

/** What a reader saw of bronze. */
export interface BronzeSight {
  /** How often it read everything. */
  readonly laps: number;
  /** How many different files it saw. */
  readonly filesSeen: number;
  /** The most rows that DuckDB's glob gave at once. */
  readonly mostRows: number;
  /** What no reader should ever see, in sentences. */
  readonly complaints: readonly string[];
}

const betweenLapsMs = 100;

/**
 * Reads bronze over and over, as an analyst would who does not know that a run is on: every file must be whole
 * and have a verdict `passed` over exactly its bytes, and DuckDB's glob must read the folder as one table.
 */
export function watchBronze(store: LocalStore): { stop(): Promise<BronzeSight> } {
  const sight = { laps: 0, filesSeen: 0, mostRows: 0, complaints: [] as string[] };
  const known = new Map<string, string>();
  let isStopping = false;
  const reading = (async () => {
    const instance = await DuckDBInstance.create(':memory:');
    try {
      for (let isLast = false; !isLast;) {
        isLast = isStopping;
        await readFiles(store, known, sight);
        await readTables(store, instance, sight);
        sight.laps += 1;
        await pause(betweenLapsMs);
      }
    } finally {
      instance.closeSync();
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      await reading;
      return { ...sight, filesSeen: known.size };
    },
  };
}

async function readFiles(
  store: LocalStore,
  known: Map<string, string>,
  sight: { complaints: string[] },
): Promise<void> {
  for (const key of await store.list('bronze')) {
    const { ino, size, mtimeMs } = await stat(store.pathOf(key));
    const print = `${ino}:${size}:${mtimeMs}`;
    if (known.get(key) === print) continue;
    known.set(key, print);
    const complaint = await complaintAbout(store, key);
    if (complaint !== undefined) sight.complaints.push(`${key}: ${complaint}`);
  }
}

async function complaintAbout(store: LocalStore, key: string): Promise<string | undefined> {
  const bytes = await readFile(store.pathOf(key));
  const mark = (part: Uint8Array): string => Buffer.from(part).toString('latin1');
  if (mark(bytes.subarray(0, 4)) !== 'PAR1' || mark(bytes.subarray(-4)) !== 'PAR1') return 'it is not whole';
  const cell = cellOfPath(key);
  if (cell === undefined) return 'it is no cell';
  const hash = createHash('sha256').update(bytes).digest('hex');
  const ofCell = auditFile(cell, 'any').replace(/any\.json$/, '');
  const ofMonth = monthAuditFile(cell, cell.date.slice(0, 7), 'any').replace(/any\.json$/, '');
  const files = (await store.list(dirname(ofCell))).filter(
    (name) => name.startsWith(ofCell) || name.startsWith(ofMonth),
  );
  for (const file of files) {
    const verdicts = await verdictsIn(store, file);
    const ofBytes = verdicts.find((said) => said.candidateSha256 === hash);
    if (ofBytes?.verdict?.outcome === 'passed') return undefined;
  }
  return `no verdict in its ${files.length} files passed these bytes`;
}

/** Written by `audit` and `auditMany`; what matters of its shape is compared by the caller. */
interface SaidVerdict {
  readonly candidateSha256?: string;
  readonly verdict?: { readonly outcome?: string };
}

/** The verdicts of a file, one a line. */
async function verdictsIn(store: LocalStore, file: string): Promise<SaidVerdict[]> {
  const text = Buffer.from((await store.get(file)) ?? []).toString('utf8');
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => parseJson(Buffer.from(line)) as SaidVerdict);
}

async function readTables(
  store: LocalStore,
  instance: DuckDBInstance,
  sight: { mostRows: number; complaints: string[] },
): Promise<void> {
  if ((await store.list('bronze')).length === 0) return;
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `select count(*)::integer as row_count, count(close)::integer as close_count, min(close) as lowest
       from read_parquet('${store.pathOf('bronze')}/**/*.parquet', hive_partitioning = true, union_by_name = true)`,
    );
    const [row] = reader.getRowObjectsJson() as { row_count: number; close_count: number; lowest: number }[];
    if (!row || row.close_count !== row.row_count || row.lowest <= 0) {
      sight.complaints.push(`the table holds what no contract lets through: ${JSON.stringify(row)}`);
    }
    sight.mostRows = Math.max(sight.mostRows, row?.row_count ?? 0);
  } catch (error) {
    sight.complaints.push(`DuckDB's glob failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    connection.closeSync();
  }
}
