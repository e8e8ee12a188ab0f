import { afterAll, beforeAll, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startWorkerChild } from '../support/worker-child.ts';
import { expectNothingLost, openKillStory, type KillStory } from './kill-story.ts';

let story: KillStory;

beforeAll(async () => {
  story = await openKillStory();
}, cliTimeoutMs);
afterAll(() => story.close());

it('worker and server killed at the same moment, as by a power cut of the whole machine, go on together', async () => {
  const killBoth = async (): Promise<void> => {
    await Promise.all([story.server.kill(), story.worker.kill()]);
    await story.server.restart();
    story.worker = await startWorkerChild(story.opened.environment);
  };
  await expectNothingLost(story, killBoth);
}, 180_000);
