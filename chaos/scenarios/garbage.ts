import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, SampleMarket } from '../../sources/sample/server.ts';
import { playOnStage, publishedCount } from '../play-on-stage.ts';
import { seededRandom } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { backfillFlags } from '../undisturbed.ts';

/** Answers with status 200 that are no data. */
const garbage: readonly Fault[] = [
  { kind: 'html', times: null },
  { kind: 'wrong-shape', times: null },
  { kind: 'truncated', cut: 'json', times: null },
];

/** A minute of an hour takes a second, and half an hour's patience half a minute. */
const timesFaster = 60;
const patienceMinutes = 30 / timesFaster;
const changeEveryMs = 500;

/** The market answers every request with what is no data, for longer than runs are patient; then it is itself again. */
export const garbageForAnHour: Scenario = {
  rows: '4, 18',
  about: 'the market answers garbage for an hour (--minutes, 60; sixty times faster; short: ten minutes)',
  play: async (options) => {
    const minutes = options.isShort ? 10 : (options.minutes ?? 60);
    const backfill = backfillFlags(options);
    const undisturbed = await options.undisturbed.of(backfill);
    const random = seededRandom(options.seed, 0);
    const spoil = (market: SampleMarket): void => {
      market.clearFaults();
      market.order(random.oneOf(garbage));
    };
    const { told, complaints } = await playOnStage(
      { backfill, before: spoil, patienceMinutes: options.isShort ? 0.1 : patienceMinutes },
      undisturbed,
      async (stage) => {
        const untilMs = performance.now() + (minutes * 60_000) / timesFaster;
        while (performance.now() < untilMs) {
          spoil(stage.market);
          if (stage.client().exitCode() !== undefined) stage.restartClient();
          await pause(changeEveryMs);
        }
        const published = await publishedCount(stage);
        const requests = stage.market.requests.length;
        stage.market.clearFaults();
        return { published, requests };
      },
    );
    const wrong = told.published === 0 ? [] : [`${told.published} cells were published from garbage`];
    const figures = `${minutes} minutes in ${(minutes * 60) / timesFaster} s: ${told.requests} answers of garbage, ${told.published} cells published from them`;
    return { figures, complaints: [...wrong, ...complaints] };
  },
};
