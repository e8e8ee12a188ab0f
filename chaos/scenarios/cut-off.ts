import { setTimeout as pause } from 'node:timers/promises';
import { openLine, type Line } from '../line.ts';
import { playOnStage, publishedCount, secondsToNextCell, untilPublished } from '../play-on-stage.ts';
import type { Scenario } from '../scenario.ts';
import { backfillFlags } from '../undisturbed.ts';

/**
 * A worker is cut off from its server and lives: it finishes what it has in hand and can tell nobody. Another one goes
 * on with the same steps; then the line is mended, and the attempts of the first, long given up, come to their ends.
 */
export const cutOff: Scenario = {
  rows: '5, 8',
  about:
    'a worker is cut off from its server and alive, another goes on, and it comes back (--minutes, 1; short: 10 s)',
  play: async (options) => {
    const seconds = options.isShort ? 10 : (options.minutes ?? 1) * 60;
    const backfill = backfillFlags(options);
    const undisturbed = await options.undisturbed.of(backfill);
    const lines: Line[] = [];
    const lineTo = async (address: string): Promise<string> => {
      lines.push(await openLine(address));
      return lines[0]?.address ?? '';
    };
    try {
      const { told, complaints } = await playOnStage({ backfill, lineTo }, undisturbed, async (stage) => {
        await untilPublished(stage, undisturbed.published / 4);
        lines[0]?.cut();
        const untilMs = performance.now() + seconds * 1000;
        const before = await publishedCount(stage);
        await stage.addWorker();
        const next = await secondsToNextCell(stage);
        await pause(Math.max(0, untilMs - performance.now()));
        const meanwhile = (await publishedCount(stage)) - before;
        lines[0]?.mend();
        return { next, meanwhile };
      });
      const next = told.next?.toFixed(1) ?? '-';
      const wrong = told.meanwhile > 0 ? [] : ['nothing was published while a worker was cut off'];
      const figures = `cut off for ${seconds} s; another published ${told.meanwhile} cells meanwhile, the first ${next} s after it was ready`;
      return { figures, complaints: [...wrong, ...complaints] };
    } finally {
      for (const line of lines) await line.close();
    }
  },
};
