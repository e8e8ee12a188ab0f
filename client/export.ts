import { Command, Option } from 'commander';
import { asOfHelp, checkedInstant } from './as-of/instant.ts';
import { withWarehouse } from './as-of/warehouse-as-of.ts';
import { runCommand } from './command/command.ts';
import { exitCode, WrongUse } from './command/exit-code.ts';
import { openLake } from './command/lake-client.ts';
import { keysOfModels } from './command/project-models.ts';
import { countOf } from '../workflows/pure/count-of.ts';
import { exportTarget } from './export/target.ts';
import { exportFormats, writeTable, type ExportFormat } from './export/write-table.ts';

interface ExportFlags {
  readonly table: string;
  readonly format: ExportFormat;
  readonly out?: string;
  readonly force?: boolean;
  readonly asOf?: string;
}

const program = new Command('export')
  .description(
    'Write one table of the warehouse as a file, its rows in the order of its key. Needs no server.\n' +
      'csv has a header line; json is one array of objects; parquet is compressed with zstd. Instants are in UTC.',
  )
  .requiredOption('--table <name>', 'such as marts.fct_daily_prices')
  .addOption(new Option('--format <format>', 'of the file').choices(exportFormats).default('parquet'))
  .option('--out <file>', 'where to (default: the standard output, which parquet cannot take)')
  .option('--force', 'replace a file that is there')
  .option('--as-of <instant>', asOfHelp);

await runCommand<ExportFlags>(program, async (output, flags) => {
  const now = new Date();
  const instant = flags.asOf === undefined ? null : checkedInstant('--as-of', flags.asOf, now);
  checkOutput(flags, output.isJson);
  const target = await exportTarget(flags.out, flags.force === true);
  try {
    const keys = await keysOfModels();
    const rows = await withWarehouse(await openLake(), instant, (warehousePath) =>
      writeTable({ ...flags, warehousePath, target: target.partial, keys }),
    );
    await target.settle();
    if (target.path === null) return exitCode.good;
    output.say(`${countOf(rows, 'row')} of ${flags.table} written to ${target.path}`);
    const { table, format } = flags;
    output.json({ table, format, rows, path: target.path, asOf: instant?.toISOString() ?? null });
    return exitCode.good;
  } finally {
    await target.clear();
  }
});

function checkOutput(flags: ExportFlags, isJson: boolean): void {
  if (flags.out !== undefined && flags.out !== '-') return;
  if (flags.format === 'parquet') throw new WrongUse('A parquet file needs a place: write --out FILE too.');
  if (isJson) {
    throw new WrongUse(
      '--json tells what was written, and needs --out FILE; the rows as JSON are --format json.',
    );
  }
}
