import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ReportError } from './report-error.ts';
import type { ReportRequest } from './write-report.ts';

const script = fileURLToPath(new URL('./write.ts', import.meta.url));

/**
 * Writes a report in a process of its own: what draws charts would stay in the worker's memory for good.
 * @throws ReportError with what that process said; the signal's reason where it is stopped.
 */
export async function writeReportApart(
  request: Omit<ReportRequest, 'pagePath' | 'asOf'>,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--import', import.meta.resolve('tsx'), script, JSON.stringify(request)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    if (code === 0) return;
    const found = complaint.trim().split('\n').slice(0, 8).join('\n');
    throw new ReportError(
      `Could not write the report of ${request.warehousePath} to ${request.outFolder}: ${found || `it ended with ${code}`}. The old report stays; write it again with: npx tsx client/report.ts`,
    );
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
