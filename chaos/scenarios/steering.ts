import { startCommand } from '../command-child.ts';
import { playOnStage, publishedCount, secondsToNextCell, untilPublished } from '../play-on-stage.ts';
import { seededRandom } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import type { Victim } from '../stage.ts';
import { backfillFlags } from '../undisturbed.ts';

/** A run is paused and resumed again and again, and something dies each time before and after. */
export const steering: Scenario = {
  rows: '8, 9',
  about: 'a run is paused and resumed while worker, server and both are killed',
  play: async (options) => {
    const backfill = backfillFlags(options);
    const undisturbed = await options.undisturbed.of(backfill);
    const random = seededRandom(options.seed, 0);
    const { told, complaints } = await playOnStage({ backfill }, undisturbed, async (stage) => {
      const wrong: string[] = [];
      const resumed: number[] = [];
      const steer = async (act: string): Promise<void> => {
        const command = startCommand('steer', [act], stage.opened.environment);
        const code = await command.ended;
        if (code !== 0) wrong.push(`steer ${act} ended with ${code}: ${command.output()}`);
      };
      const shares = options.isShort ? [0.3] : [0.15, 0.35, 0.6];
      for (const share of shares) {
        if (!(await untilPublished(stage, share * undisturbed.published))) break;
        await steer('pause');
        const victim = random.oneOf<Victim>(['worker', 'server', 'all three']);
        await stage.kill(victim);
        await stage.startAgain(victim);
        // Whoever follows it died with its server, perhaps.
        if (stage.client().exitCode() !== undefined) stage.restartClient();
        const paused = await publishedCount(stage);
        await steer('resume');
        const seconds = await secondsToNextCell(stage);
        if (seconds !== undefined) resumed.push(seconds);
        options.say(`  paused at ${paused} cells, ${victim} killed, resumed`);
      }
      return { wrong, resumed };
    });
    const slowest = told.resumed.length === 0 ? '-' : Math.max(...told.resumed).toFixed(1);
    const figures = `${told.resumed.length} pauses with a kill; next cell at most ${slowest} s after resume`;
    return { figures, complaints: [...told.wrong, ...complaints] };
  },
};
