import type { RetentionReport } from '../../lake/archive/retain.ts';
import { countOf } from '../../workflows/pure/count-of.ts';

/** Says what was packed away, or would be. */
export function linesOfRetention(report: RetentionReport, isDryRun: boolean): string[] {
  const { before, archives, completed, removed, removedBytes, left } = report;
  const would = isDryRun ? 'would be ' : '';
  const isIdle = archives.length + completed.length + removed === 0;
  return [
    ...archives.map(
      ({ kind, source, month, files, sizeBytes, file, packedBytes }) =>
        `${kind} of ${source}, ${month}: ${countOf(files, 'file')}, ${inMegabytes(sizeBytes)} ${would}packed` +
        (packedBytes === null ? '' : ` into ${file ?? ''}, ${inMegabytes(packedBytes)}`),
    ),
    ...completed.map((file) => `${file}: written by an earlier run, read back and recorded now`),
    ...(removed > 0 ? [`${countOf(removed, 'original')} removed, ${inMegabytes(removedBytes)}`] : []),
    ...(isIdle ? [`nothing to pack from before ${before}`] : []),
    ...left.map(({ path, reason }) => `left: ${path}: ${reason}`),
  ];
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
}
