import { playRound, type RoundEnd } from './kill-round.ts';
import { recoveryWords, sumOf, type Scenario } from './scenario.ts';
import { backfillFlags } from './undisturbed.ts';

const faultShare = 0.2;

/**
 * Plays rounds of SIGKILL against worker, server, client and all three, over a market that spoils some of its
 * answers, and holds what each leaves against an undisturbed run over the same days.
 */
export const kills: Scenario = {
  rows: '8, 9, 12, 14, 17',
  about: 'SIGKILL of worker, server, client and all three, over a market that spoils a fifth of its answers',
  play: async (options) => {
    const { rounds, seed, say } = options;
    const backfill = backfillFlags(options);
    const undisturbed = await options.undisturbed.of(backfill);
    const ends: RoundEnd[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const end = await playRound({ seed, round, backfill, faultShare }, undisturbed);
      ends.push(end);
      for (const line of roundLines(round, end)) say(line);
    }
    const recoveries = ends.flatMap(({ recoverySeconds }) => recoverySeconds);
    const kills = sumOf(ends, (end) => end.kills.length);
    const idle = sumOf(ends, ({ idleKills }) => idleKills);
    const spoiled = `${sumOf(ends, ({ faults }) => faults)} of ${sumOf(ends, ({ requests }) => requests)} answers spoiled`;
    return {
      figures: `${rounds} rounds, ${kills} kills (${idle} after the run), ${spoiled}; ${recoveryWords(recoveries)}`,
      complaints: ends.flatMap(({ complaints }) => complaints),
    };
  },
};

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
