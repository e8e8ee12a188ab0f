import type { Manifest } from '../lake/batches.ts';
import { stagingFolder } from '../lake/layout.ts';
import { splitDataset, type CellKey } from '../workflows/pure/cell.ts';

/** An answer without a row for an open day: an unknown symbol, or a day the source has not got. */
export class NoDataError extends Error {
  override readonly name = 'NoDataError';
  readonly code = 'NoData';

  constructor(cell: CellKey, manifest: Manifest, wasPublished = false, why?: string) {
    const rows = manifest.pages.reduce((sum, page) => sum + page.rowCount, 0);
    const { source } = splitDataset(cell.dataset);
    const place = stagingFolder(source, manifest.fetchedAt.slice(0, 10), manifest.batchId);
    const none = why === undefined ? 'none for this day' : `none for this day: ${why}`;
    const found =
      rows === 0 && why === undefined ? 'no rows at all: is the symbol right?' : `${rows} rows, but ${none}`;
    const mend =
      why === undefined
        ? 'Check the symbol and the calendar in marketlake.yaml'
        : 'Mend the file where it came from';
    const next = wasPublished
      ? 'It gave one before, and what was published stays. Retry the cell, or leave it so by skipping it with a reason.'
      : `${mend}, then retry the cell, or skip it with a reason.`;
    super(
      `${source} has no data for ${cell.ticker} on ${cell.date}, an open day: its answer holds ${found}. ` +
        `The raw answer lies in ${place}. ${next}`,
    );
  }
}
