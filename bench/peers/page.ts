import { cpus, totalmem } from 'node:os';
import { median } from '../median.ts';
import { packagesOf } from './environments.ts';
import type { KillStory, Peer } from './peer.ts';
import type { Row } from './rows.ts';

/** The peer that every other one is compared with, in its own round. */
const yardstick = 'cell-lane';

/** Writes what was measured as Markdown. */
export function page(peers: readonly Peer[], rows: readonly Row[], days: number): string {
  const ofDays = rows.filter((row) => row.days === days);
  const speeds = ofDays.filter((row) => row.kind === 'speed' && row.speed);
  const stories = ofDays.filter((row) => row.kind === 'kill' && row.story);
  const failures = ofDays.filter(isStillFailed);
  return [
    `${machine()}; ${days} days of seven assets; ${spanOf(ofDays)}.`,
    `Python peers: ${packagesOf('prefect').join(', ')}, ${packagesOf('dagster').at(-1)}; Python 3.11.`,
    '',
    ...speedTable(peers, speeds),
    '',
    ...killTable(peers, stories),
    ...failures.map(({ kind, peer, failure }) => `\n${kind} of ${peer} failed: ${failure?.split('\n')[0]}`),
  ].join('\n');
}

function isStillFailed(row: Row, _index: number, rows: readonly Row[]): boolean {
  const isMade = rows.some(
    (other) =>
      other.kind === row.kind && other.peer === row.peer && other.round === row.round && !other.failure,
  );
  return row.failure !== undefined && !isMade;
}

function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${gigabytes} GB`;
}

function spanOf(rows: readonly Row[]): string {
  const days = [...new Set(rows.map((row) => row.at.slice(0, 10)))].sort();
  const loads = rows.map((row) => row.load);
  const load =
    loads.length === 0
      ? ''
      : `, load before each ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  return `${days.join(' and ')}${load}`;
}

function speedTable(peers: readonly Peer[], rows: readonly Row[]): string[] {
  const head =
    '| | cells/s | against our cell lane | run s | requests | CPU ms a cell: steps | … beside them | MB | rounds |';
  const lines = peers.flatMap((peer) => {
    const own = rows.filter((row) => row.peer === peer.name);
    if (own.length === 0) return [];
    const rates = own.map(rateOf);
    const ratios = own.flatMap((row) => {
      const ours = rows.find((other) => other.peer === yardstick && other.round === row.round);
      return ours ? [rateOf(row) / rateOf(ours)] : [];
    });
    const of = (pick: (row: Row) => number): number => median(own.map(pick));
    const cells = [
      peer.label,
      number(median(rates)),
      ratios.length === 0 ? '' : number(median(ratios), 2),
      number(of((row) => row.speed?.seconds ?? NaN)),
      number(
        of((row) => row.speed?.requests ?? NaN),
        0,
      ),
      number(of((row) => (1000 * (row.speed?.workerCpuSeconds ?? NaN)) / (row.speed?.cells ?? NaN))),
      number(of((row) => (1000 * (row.speed?.serverCpuSeconds ?? NaN)) / (row.speed?.cells ?? NaN))),
      number(
        of((row) => row.speed?.workerPeakMb ?? NaN),
        0,
      ),
      String(own.length),
    ];
    return [`| ${cells.join(' | ')} |`];
  });
  return [head, '|---|---|---|---|---|---|---|---|---|', ...lines];
}

function killTable(peers: readonly Peer[], rows: readonly Row[]): string[] {
  const head =
    '| killed half-way | published then | lost | published twice | requests repeated | seen half-done | files left over | it said of itself | a person had to |';
  const lines = peers.flatMap((peer) =>
    rows
      .filter((row) => row.peer === peer.name)
      .flatMap(({ story }) => (story ? [killLine(peer, story)] : [])),
  );
  return lines.length === 0 ? [] : [head, '|---|---|---|---|---|---|---|---|---|', ...lines];
}

function killLine(peer: Peer, story: KillStory): string {
  const cells = [
    peer.label,
    `${story.publishedAtKill} of ${story.cells}`,
    story.lost,
    story.repeated,
    story.requestsRepeated,
    story.partial,
    story.leftovers,
    story.stateOfDead,
    story.acts.length === 0 ? 'do nothing' : story.acts.join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function rateOf(row: Row): number {
  return (row.speed?.cells ?? NaN) / (row.speed?.seconds ?? NaN);
}

function number(value: number, digits = 1): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
