import { readFileSync } from 'node:fs';
import { addDays } from '../../workflows/pure/cell.ts';
import { startCommand } from '../command-child.ts';
import { spoil } from '../faulty-market.ts';
import { seededRandom, type Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { openStage, type Stage } from '../stage.ts';
import { backfillFlags } from '../undisturbed.ts';

const daysOfTurn = 20;
const faultShare = 0.2;
const mostBackfills = 12;
const shortHours = 1 / 60;
/** Until caches are full, memory grows; the slope is of what comes after. */
const warmUpTurns = 3;

/** One lake and one worker, over and over: an older stretch of days each turn, the server or the client killed in between. */
export const soak: Scenario = {
  rows: '27',
  about: 'one lake and one worker for hours (--hours): each turn backfills older days, kills, and verifies',
  isOnlyNamed: true,
  play: async ({ hours, isShort, seed, say }) => {
    const untilMs = performance.now() + (hours ?? (isShort ? shortHours : 1)) * 3_600_000;
    const random = seededRandom(seed, 0);
    const [, from = '', , to = ''] = backfillFlags({ days: daysOfTurn });
    const stage = await openStage({ backfill: ['--from', from, '--to', to] });
    const spoiling = spoil(stage.market, faultShare, seededRandom(seed, 1));
    const complaints: string[] = [];
    const memory: { readonly atHours: number; readonly mb: number }[] = [];
    const startedMs = performance.now();
    try {
      let turns = 0;
      for (let end = to; turns === 0 || performance.now() < untilMs; end = addDays(end, -daysOfTurn)) {
        turns += 1;
        complaints.push(...(await playTurn(stage, random, end)).map((each) => `turn ${turns}: ${each}`));
        memory.push({
          atHours: (performance.now() - startedMs) / 3_600_000,
          mb: memoryMb(stage.worker().pid),
        });
        say(
          `  turn ${turns}, up to ${end}: worker ${memory.at(-1)?.mb.toFixed(0)} MB, ${complaints.length} wrong`,
        );
      }
      const slope = slopeOf(memory.slice(warmUpTurns));
      const grown = slope === undefined ? '' : `, ${slope.toFixed(1)} MB an hour more`;
      return { figures: `${turns} turns, worker ${memory.at(-1)?.mb.toFixed(0)} MB${grown}`, complaints };
    } finally {
      await spoiling.stop();
      await stage.close();
    }
  },
};

async function playTurn(stage: Stage, random: Random, to: string): Promise<string[]> {
  const range = ['--from', addDays(to, 1 - daysOfTurn), '--to', to];
  const { environment } = stage.opened;
  for (let given = 1; ; given += 1) {
    const backfill = startCommand('backfill', range, environment);
    if (given === 1) {
      const victim = random.oneOf(['server', 'client', 'nobody'] as const);
      if (victim === 'server') await stage.kill(victim).then(() => stage.startAgain('server'));
      if (victim === 'client') await backfill.kill();
    }
    if ((await backfill.ended) === 0) break;
    if (given === mostBackfills) return [`${given} backfills did not end well: ${backfill.output()}`];
  }
  const verify = startCommand('verify', [], environment);
  return (await verify.ended) === 0 ? [] : [`verify found: ${verify.output()}`];
}

function memoryMb(pid: number): number {
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(resident) / 1024;
}

/** The slope of the line through the points, by least squares; undefined for fewer than three. */
function slopeOf(points: readonly { readonly atHours: number; readonly mb: number }[]): number | undefined {
  if (points.length < 3) return undefined;
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [at, mb] = [mean(({ atHours }) => atHours), mean((point) => point.mb)];
  const shared = mean((point) => (point.atHours - at) * (point.mb - mb));
  return shared / mean((point) => (point.atHours - at) ** 2);
}
