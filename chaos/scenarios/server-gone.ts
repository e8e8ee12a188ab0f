import { setTimeout as pause } from 'node:timers/promises';
import { playOnStage, secondsToNextCell, untilPublished } from '../play-on-stage.ts';
import type { Scenario } from '../scenario.ts';
import { backfillFlags } from '../undisturbed.ts';

/** The server dies half-way and stays away for minutes; workers and commands are there all the while. */
export const serverGone: Scenario = {
  rows: '9',
  about: 'the server is gone for minutes (--minutes, 5; short: 6 seconds)',
  play: async (options) => {
    const seconds = options.isShort ? 6 : (options.minutes ?? 5) * 60;
    const backfill = backfillFlags(options);
    const undisturbed = await options.undisturbed.of(backfill);
    const { told, complaints } = await playOnStage({ backfill }, undisturbed, async (stage) => {
      await untilPublished(stage, undisturbed.published / 3);
      await stage.server.kill();
      options.say(`  the server is gone for ${seconds} s`);
      await pause(seconds * 1000);
      await stage.server.restart();
      return secondsToNextCell(stage);
    });
    return {
      figures: `gone for ${seconds} s; next cell ${told?.toFixed(1) ?? '-'} s after it was back`,
      complaints,
    };
  },
};
