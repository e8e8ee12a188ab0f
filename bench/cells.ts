import { cpus, loadavg } from 'node:os';
import { table } from '../client/command/table.ts';
import { median } from './median.ts';
import { measureFloor, measurePath, type Measured } from './measure.ts';
import { cellCount, coins, days } from './shape.ts';

/**
 * Measures cells a second through the full path beside the engine's floor on the same machine: the two take turns,
 * so that whatever else the machine does falls on both. It says how far the bars are met and does not judge.
 */

const bars = { ratio: 0.85, workerMb: 700, requests: coins.length };

function row(name: string, measured: readonly Measured[]): string[] {
  const of = (key: keyof Measured): number => median(measured.map((one) => one[key]));
  return [
    name,
    (cellCount / of('wallSeconds')).toFixed(1),
    (cellCount / of('cellSeconds')).toFixed(1),
    of('wallSeconds').toFixed(1),
    of('cellSeconds').toFixed(1),
    of('workerCpuSeconds').toFixed(1),
    of('serverCpuSeconds').toFixed(1),
    Math.max(...measured.map((one) => one.workerPeakMb)).toFixed(0),
    String(of('requests')),
  ];
}

/** Measures both sides in turn, prints them side by side, and how far the bars are met. */
export async function benchCells(rounds: number): Promise<void> {
  const path: Measured[] = [];
  const floor: Measured[] = [];
  const searchable: Measured[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    path.push(await measurePath());
    floor.push(await measureFloor(false));
    searchable.push(await measureFloor(true));
    const seconds = [path, floor, searchable].map((runs) => `${runs.at(-1)?.wallSeconds.toFixed(1)} s`);
    console.log(
      `round ${round}: path ${seconds[0]}, floor ${seconds[1]}, with search attributes ${seconds[2]}`,
    );
  }

  const head = [
    '',
    'cells/s',
    'cells/s, windows only',
    'run s',
    'windows s',
    'worker CPU s',
    'server CPU s',
    'worker MB',
    'requests',
  ];
  const rows = [
    head,
    row('full path', path),
    row('engine’s floor', floor),
    row('… with search attributes', searchable),
  ];
  console.log(
    `\n${cellCount} cells: ${coins.length} assets × ${days} days; median of ${rounds} rounds; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const line of table(rows, new Set(head.keys()))) console.log(line);

  const wall = (measured: readonly Measured[]): number => median(measured.map((one) => one.wallSeconds));
  const inWindows = (measured: readonly Measured[]): number => median(measured.map((one) => one.cellSeconds));
  const peak = Math.max(...path.map((one) => one.workerPeakMb));
  const met = (isMet: boolean): string => (isMet ? 'met' : 'missed');
  const ratio = wall(floor) / wall(path);
  console.log(
    `\nratio of the whole runs    ${ratio.toFixed(2)}  (bar ${bars.ratio}: ${met(ratio >= bars.ratio)})`,
  );
  console.log(`ratio with search attributes on both sides ${(wall(searchable) / wall(path)).toFixed(2)}`);
  console.log(`ratio of the windows alone ${(inWindows(floor) / inWindows(path)).toFixed(2)}`);
  console.log(
    `worker's peak memory       ${peak.toFixed(0)} MB  (bar ${bars.workerMb}: ${met(peak < bars.workerMb)})`,
  );
  const requests = median(path.map((one) => one.requests));
  console.log(
    `API requests               ${requests}  (bar ${bars.requests}: ${met(requests === bars.requests)})`,
  );
}
