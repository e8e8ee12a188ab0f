import { performance } from 'node:perf_hooks';
import { EngineError, type Engine } from './engine.ts';
import type { BuiltModel, WarehouseInputs } from './inputs.ts';
import { brokenAt } from './references.ts';
import { identifier, positionOfByte, type TextPosition } from './sql-text.ts';
import { modelName, type SqlFile } from './sql-files.ts';

/**
 * Builds models in the order given, each as a table of its schema.
 * @throws WarehouseError `ModelBroken` with file and place where DuckDB refuses one.
 */
export async function buildModels(
  engine: Engine,
  models: readonly SqlFile[],
  onProgress: WarehouseInputs['onProgress'],
): Promise<BuiltModel[]> {
  for (const schema of new Set(models.map((model) => model.schema))) {
    await engine.run(`create schema if not exists ${identifier(schema)}`);
  }
  const built: BuiltModel[] = [];
  for (const model of models) {
    onProgress?.(`model ${modelName(model)}`);
    const start = performance.now();
    const rows = await createTable(engine, model);
    built.push({ name: modelName(model), rows, ms: Math.round(performance.now() - start) });
  }
  return built;
}

async function createTable(engine: Engine, model: SqlFile): Promise<number> {
  const prefix = `create table ${identifier(model.schema)}.${identifier(model.name)} as\n`;
  try {
    return await engine.createAs(prefix + model.text);
  } catch (error) {
    throw refusal(model, error, prefix.length);
  }
}

/** Turns DuckDB's refusal of a file's statement into one that names the place; the machine's trouble stays as it is. */
export function refusal(file: SqlFile, error: unknown, prefixBytes: number): unknown {
  if (!(error instanceof EngineError) || error.isMachineTrouble) return error;
  return brokenAt(file, placeOf(file, error, prefixBytes), error.message.replaceAll('\n', ' '), error);
}

function placeOf(file: SqlFile, error: EngineError, prefixBytes: number): TextPosition | undefined {
  const byte = (error.position ?? -1) - prefixBytes;
  return byte < 0 ? undefined : positionOfByte(file.text, byte);
}
