import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { table } from '../client/command/table.ts';
import { measurePath, type Measured } from './measure.ts';
import { cellCount } from './shape.ts';

/**
 * Measures what it costs to watch: the same backfill with nothing, with metrics, and with metrics and traces. The three take
 * turns, so that whatever else the machine does falls on all of them. It says what it found and does not judge.
 */
export async function benchTelemetry(rounds: number): Promise<void> {
  const collector = await startSink();
  const metrics = { telemetry: { metrics: '127.0.0.1:19464', log: { level: 'info', format: 'json' } } };
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const ways = [
    { name: 'off', runs: [] as Measured[], watch: {} },
    { name: 'metrics', runs: [] as Measured[], watch: { overlay: metrics } },
    { name: 'metrics and traces', runs: [] as Measured[], watch: { overlay: metrics, environment: traces } },
  ];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, runs, watch } of ways) {
      runs.push(await measurePath(watch));
      console.log(`round ${round}, ${name}: ${runs.at(-1)?.wallSeconds.toFixed(1)} s`);
    }
  }
  await collector.close();

  const best = (runs: readonly Measured[], of: keyof Measured): number =>
    Math.min(...runs.map((run) => run[of]));
  const off = ways[0]?.runs ?? [];
  const rows = ways.map(({ name, runs }) => [
    name,
    best(runs, 'wallSeconds').toFixed(1),
    (best(runs, 'wallSeconds') / best(off, 'wallSeconds')).toFixed(2),
    best(runs, 'workerCpuSeconds').toFixed(1),
    (best(runs, 'workerCpuSeconds') / best(off, 'workerCpuSeconds')).toFixed(2),
    best(runs, 'serverCpuSeconds').toFixed(1),
    best(runs, 'workerPeakMb').toFixed(0),
  ]);
  const head = ['', 'run s', 'ratio', 'worker CPU s', 'ratio', 'server CPU s', 'worker MB'];
  console.log(
    `\n${cellCount} cells; the best of ${rounds} rounds; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const line of table([head, ...rows], new Set(head.keys()))) console.log(line);
  const spanCount = collector.spanCount() / rounds;
  console.log(
    `${spanCount} spans a run, ${(spanCount / cellCount).toFixed(1)} a cell, ${Math.round(collector.sizeBytes() / rounds / spanCount)} bytes each as sent`,
  );
}

/** Takes spans and counts them. */
async function startSink(): Promise<{
  readonly url: string;
  spanCount(): number;
  sizeBytes(): number;
  close(): Promise<void>;
}> {
  let spanCount = 0;
  let sizeBytes = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      sizeBytes += body.byteLength;
      spanCount += body.toString().split('"spanId":').length - 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spanCount: () => spanCount,
    sizeBytes: () => sizeBytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
