import { startCommand } from '../command-child.ts';
import { playOnStage, publishedCount, secondsToNextCell, untilPublished } from '../play-on-stage.ts';
import { seededRandom } from '../random.ts';
import type { ChaosOptions, Scenario, ScenarioEnd } from '../scenario.ts';
import { backfillFlags } from '../undisturbed.ts';

/** Several workers on one lake, one of which is killed, and a daily run over days that a backfill has in hand. */
export const workers: Scenario = {
  rows: '8, 11',
  about: 'two and four workers on one lake, one killed, and a daily run during the backfill',
  play: async (options) => {
    const ends: ScenarioEnd[] = [];
    for (const count of options.isShort ? [2] : [2, 4]) ends.push(await playWorkers(options, count));
    return {
      figures: ends.map(({ figures }) => figures).join('; '),
      complaints: ends.flatMap(({ complaints }) => complaints),
    };
  },
};

async function playWorkers(options: ChaosOptions, count: number): Promise<ScenarioEnd> {
  const backfill = backfillFlags(options);
  const lastDay = backfill[3] ?? '';
  const undisturbed = await options.undisturbed.of(backfill);
  const random = seededRandom(options.seed, count);
  const { told, complaints } = await playOnStage({ backfill }, undisturbed, async (stage) => {
    const others = await Promise.all(Array.from({ length: count - 1 }, () => stage.addWorker()));
    const daily = startCommand('daily', ['--date', lastDay], stage.opened.environment);
    await untilPublished(stage, (0.2 + random.next() / 2) * undisturbed.published);
    const at = await publishedCount(stage);
    await random.oneOf(others).kill();
    const next = await secondsToNextCell(stage);
    const code = await daily.ended;
    const wrong = code === 0 ? [] : [`the daily run ended with ${code}: ${daily.output()}`];
    return { at, next, wrong };
  });
  const next = told.next?.toFixed(1) ?? '-';
  return {
    figures: `${count} workers: one killed at ${told.at} cells, the next cell ${next} s later`,
    complaints: [...told.wrong, ...complaints],
  };
}
