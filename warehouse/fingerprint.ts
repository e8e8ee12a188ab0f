import { createHash, type Hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Engine } from './engine.ts';
import { digestIndex } from './index-copy.ts';
import type { WarehouseInputs } from './inputs.ts';
import { literal } from './sql-text.ts';
import type { SqlFolder } from './sql-files.ts';

/** Counted up when the same inputs come to give another warehouse. */
const builderVersion = 1;

/**
 * Digests all that a warehouse is made of; equal fingerprints mean equal warehouses. The index must be attached.
 * Records of runs are left out, or every look at the lake would be a change.
 */
export async function fingerprintOf(
  engine: Engine,
  inputs: WarehouseInputs,
  sql: SqlFolder,
): Promise<string> {
  const hash = createHash('sha256');
  const [engineVersion] = await engine.rows(z.object({ version: z.string() }), 'select version() as version');
  // In how many files the rows lie makes no difference to them.
  const datasets = inputs.datasets.map(({ compactedFiles: _files, ...dataset }) => dataset);
  add(hash, [builderVersion, engineVersion?.version, inputs.market, inputs.assets, datasets]);
  add(hash, inputs.coins ?? []);
  add(hash, await digestIndex(engine));
  for (const day of inputs.days) add(hash, day);
  for (const file of [...sql.models, ...sql.tests]) add(hash, [file.file, file.text]);
  for (const seed of sql.seeds) add(hash, [seed.file, (await readFile(seed.path)).toString('base64')]);
  return hash.digest('hex');
}

/**
 * Reads the fingerprint of the warehouse that is there; undefined where there is none, where it cannot be read,
 * or where it was built while some cells were unsettled, since their files may have come since.
 */
export async function builtFingerprint(engine: Engine, warehousePath: string): Promise<string | undefined> {
  if (!existsSync(warehousePath)) return undefined;
  try {
    await engine.run(`attach ${literal(warehousePath)} as built (read_only)`);
    const sql = 'select fingerprint from built.metadata.build where unsettled_cells = 0';
    return (await engine.rows(z.object({ fingerprint: z.string() }), sql))[0]?.fingerprint;
  } catch {
    // Whatever is wrong with it, the answer is the same: build a new one.
    return undefined;
  } finally {
    await engine.run('detach database if exists built');
  }
}

function add(hash: Hash, value: unknown): void {
  hash.update(`${JSON.stringify(value)}\n`);
}
