import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countStates } from '../tests/support/lake-view.ts';
import { addDays, utcDateOf } from '../workflows/pure/cell.ts';
import type { Undisturbed } from './end-state.ts';
import { playRound, type RoundEnd } from './kill-round.ts';
import { openStage } from './stage.ts';

/** How kill rounds are played. */
export interface KillRounds {
  readonly rounds: number;
  readonly seed: number;
  /** How many days each round backfills, of every asset. */
  readonly days: number;
  /** A lane for the backfill to take; left out, the one it chooses. */
  readonly grain?: string;
  readonly faultShare: number;
  readonly say: (line: string) => void;
}

/** The last day of every round is final for each asset, whenever it is played. */
const daysAgo = 5;

/**
 * Plays rounds of SIGKILL against worker, server, client and all three, over a market that spoils some of its
 * answers, and holds what each leaves against an undisturbed run over the same days.
 */
export async function playKillRounds(options: KillRounds): Promise<readonly RoundEnd[]> {
  const { rounds, seed, faultShare, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const backfill = backfillFlags(options);
  try {
    say(`an undisturbed run first: backfill ${backfill.join(' ')}`);
    const undisturbed = await playUndisturbed(backfill, folder);
    say(`  ${undisturbed.published} of ${undisturbed.cells} cells published, the others closed`);
    const ends: RoundEnd[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const end = await playRound({ seed, round, backfill, faultShare }, undisturbed);
      ends.push(end);
      for (const line of roundLines(round, end)) say(line);
    }
    return ends;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function backfillFlags({ days, grain }: KillRounds): string[] {
  const to = addDays(utcDateOf(Date.now()), -daysAgo);
  const range = ['--from', addDays(to, 1 - days), '--to', to];
  return grain === undefined ? range : [...range, '--grain', grain];
}

async function playUndisturbed(backfill: readonly string[], folder: string): Promise<Undisturbed> {
  const stage = await openStage(backfill);
  try {
    const code = await stage.client().ended;
    if (code !== 0)
      throw new Error(`An undisturbed backfill ended with ${code}:\n${stage.client().output()}`);
    const { lake } = stage.opened;
    const warehouse = join(folder, 'undisturbed.duckdb');
    await copyFile(lake.store.pathOf('warehouse.duckdb'), warehouse);
    const { published = 0, closed = 0 } = await countStates(lake);
    return { warehouse, cells: published + closed, published };
  } finally {
    await stage.close();
  }
}

function roundLines(round: number, end: RoundEnd): string[] {
  const { kills, idleKills, requests, faults, recoverySeconds, complaints } = end;
  const recovered = recoverySeconds.map((seconds) => `${seconds.toFixed(1)} s`).join(', ');
  return [
    `round ${round}: killed ${kills.join(', ')}${idleKills > 0 ? ` (${idleKills} after the run)` : ''}`,
    `  ${requests} requests, ${faults} spoiled; next cell after a worker's start: ${recovered || 'not measured'}; ` +
      `bronze read ${end.bronzeLaps} times, the warehouse ${end.warehouseLaps} times`,
    ...(complaints.length === 0 ? ['  nothing is wrong'] : complaints.map((each) => `  WRONG: ${each}`)),
  ];
}
