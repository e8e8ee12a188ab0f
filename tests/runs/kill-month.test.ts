import { afterAll, beforeAll, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startWorkerChild } from '../support/worker-child.ts';
import { expectNothingLost, openKillStory, type KillStory } from './kill-story.ts';

let story: KillStory;

beforeAll(async () => {
  story = await openKillStory();
}, cliTimeoutMs);
afterAll(() => story.close());

it('a worker killed in the middle of months loses nothing, repeats no staged answer, and shows readers only audited files', async () => {
  const kill = async (): Promise<void> => {
    await story.worker.kill();
    story.worker = await startWorkerChild(story.opened.environment);
  };
  await expectNothingLost(story, kill, 60, 'month');
}, 180_000);
