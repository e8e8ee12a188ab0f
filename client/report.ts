import { Command, Option } from 'commander';
import { dirname, join, resolve } from 'node:path';
import { asOfHelp, checkedInstant } from './as-of/instant.ts';
import { withWarehouse } from './as-of/warehouse-as-of.ts';
import { runCommand } from './command/command.ts';
import { exitCode, NobodyAnswers, WrongUse } from './command/exit-code.ts';
import { connectLake, openLake, type OpenLake } from './command/lake-client.ts';
import { workflowPlaces } from './command/workflow-places.ts';
import type { Output } from './command/output.ts';
import { openCells } from './run/open-runs.ts';
import { openFile } from './report/open-file.ts';
import { readReport, replaceFile, writeReport } from '../report/write-report.ts';

interface ReportFlags {
  readonly open?: boolean;
  readonly format: 'html' | 'json';
  readonly asOf?: string;
  readonly out?: string;
}

const program = new Command('report')
  .description('Write the report: what a dollar in Bitcoin did against everything else. Needs no server.')
  .option('--open', 'show the page in a browser')
  .addOption(
    new Option('--format <format>', 'html: a page; json: what it says')
      .choices(['html', 'json'])
      .default('html'),
  )
  .option('--out <file>', 'where to (default: report/index.html in the lake; json: the standard output)')
  .option('--as-of <instant>', asOfHelp);

await runCommand<ReportFlags>(program, async (output, flags) => {
  const now = new Date();
  const instant = flags.asOf === undefined ? null : checkedInstant('--as-of', flags.asOf, now);
  if (flags.open === true && flags.format === 'json')
    throw new WrongUse('--open shows a page: leave --format json out.');
  const open = await openLake();
  await withWarehouse(open, instant, (warehousePath) =>
    flags.format === 'json'
      ? writeJson(output, flags, warehousePath, instant)
      : writePage(output, flags, { open, warehousePath, instant, now }),
  );
  return exitCode.good;
});

interface PageToWrite {
  readonly open: OpenLake;
  readonly warehousePath: string;
  readonly instant: Date | null;
  readonly now: Date;
}

async function writePage(output: Output, flags: ReportFlags, what: PageToWrite): Promise<void> {
  const { open, warehousePath, instant, now } = what;
  const pagePath = flags.out === undefined ? defaultPath(open, instant) : resolve(flags.out);
  const written = await writeReport({
    warehousePath,
    outFolder: dirname(pagePath),
    pagePath,
    market: open.lake.market,
    asOf: instant?.toISOString() ?? null,
    now,
    ...(instant === null ? { running: await runningNow(open) } : {}),
    ...workflowPlaces(open),
  });
  output.say(written.headline);
  output.say(`Written to ${written.path}`);
  output.json(written);
  if (flags.open === true && !(await openFile(written.path)))
    output.say('Nothing here can show it: open the file in a browser.');
}

/** Only this is asked of a server, and the page says so where none answers. */
async function runningNow(open: OpenLake): Promise<string[] | null> {
  try {
    return (await openCells(await connectLake(open))).map(({ id }) => id);
  } catch (error) {
    if (error instanceof NobodyAnswers) return null;
    throw error;
  }
}

/** A page of the past stands beside the present one, with its own charts. */
function defaultPath(open: OpenLake, instant: Date | null): string {
  const folder = instant === null ? 'report' : `report/as-of-${instant.toISOString().replaceAll(':', '')}`;
  return join(open.store.pathOf(folder), 'index.html');
}

async function writeJson(
  output: Output,
  flags: ReportFlags,
  warehousePath: string,
  instant: Date | null,
): Promise<void> {
  const report = { asOf: instant?.toISOString() ?? null, ...(await readReport(warehousePath)) };
  const text = `${JSON.stringify(report, null, 2)}
`;
  if (flags.out === undefined) {
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
    return;
  }
  await replaceFile(resolve(flags.out), text);
  output.say(`Written to ${resolve(flags.out)}`);
  output.json({ path: resolve(flags.out), sizeBytes: Buffer.byteLength(text) });
}
