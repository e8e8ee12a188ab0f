import type { Engine } from './engine.ts';
import type { RunTest, WarehouseInputs } from './inputs.ts';
import { refusal } from './models.ts';
import type { LinkedFile } from './order.ts';
import { identifier } from './sql-text.ts';
import { modelName, type SqlFile } from './sql-files.ts';
import { WarehouseError, type FailedTest } from './warehouse-error.ts';

/** How many offending rows an error shows. */
const shownRows = 5;

interface OneTest {
  readonly name: string;
  readonly severity: 'error' | 'warning';
  readonly models: readonly string[];
  readonly sql: string;
  readonly file: SqlFile;
}

/**
 * Runs every SQL test, and for each model the one its header promises: that its key is there and names one row.
 * @throws WarehouseError `TestFailed` with all tests of severity `error` that found offenders, unless they are
 * only to be reported.
 */
export async function runSqlTests(
  engine: Engine,
  models: readonly SqlFile[],
  tests: readonly LinkedFile[],
  { onProgress, failedTests }: Pick<WarehouseInputs, 'onProgress' | 'failedTests'>,
): Promise<RunTest[]> {
  const run: RunTest[] = [];
  const failures: FailedTest[] = [];
  for (const test of [...models.map(keyTest), ...tests.map(fileTest)]) {
    onProgress?.(`test ${test.name}`);
    const { count, firstRows } = await offendersOf(engine, test);
    run.push({ name: test.name, severity: test.severity, offenders: count });
    if (count > 0 && test.severity === 'error') {
      failures.push({ name: test.name, models: test.models, offenders: count, firstRows });
    }
  }
  if (failures.length > 0 && failedTests !== 'report') throw testFailed(failures);
  return run;
}

async function offendersOf(engine: Engine, test: OneTest): Promise<{ count: number; firstRows: string[] }> {
  try {
    return await engine.count(test.sql, shownRows);
  } catch (error) {
    throw refusal(test.file, error, 0);
  }
}

function fileTest({ file, references }: LinkedFile): OneTest {
  const models = [...new Set(references.map((reference) => reference.table))];
  return { name: file.name, severity: file.header.severity, models, sql: file.text, file };
}

function keyTest(model: SqlFile): OneTest {
  const columns = model.header.key.map(identifier);
  const sql = `select ${columns.join(', ')}, count(*) as rows_with_this_key
    from ${identifier(model.schema)}.${identifier(model.name)}
    group by ${columns.join(', ')}
    having count(*) > 1 or ${columns.map((column) => `${column} is null`).join(' or ')}`;
  return {
    name: `key of ${modelName(model)}`,
    severity: 'error',
    models: [modelName(model)],
    sql,
    file: model,
  };
}

function testFailed(failures: readonly FailedTest[]): WarehouseError {
  const each = failures.map(
    ({ name, models, offenders, firstRows }) =>
      `"${name}" found ${offenders} offending rows in ${models.join(', ')}, first ${firstRows.join(' ')}`,
  );
  const message = `Did not swap the warehouse in, since SQL tests failed: ${each.join('; ')}. Mend the data or the model; the old warehouse stays.`;
  return new WarehouseError('TestFailed', message, { failures });
}
