import { afterAll, beforeAll, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startWorkerChild } from '../support/worker-child.ts';
import { expectNothingLost, openKillStory, type KillStory } from './kill-story.ts';

let story: KillStory;

beforeAll(async () => {
  story = await openKillStory();
}, cliTimeoutMs);
afterAll(() => story.close());

it('a worker killed half-way loses nothing, repeats no staged answer, and shows readers only audited files', async () => {
  await expectNothingLost(story, async () => {
    await story.worker.kill();
    story.worker = await startWorkerChild(story.opened.environment);
  });
}, 180_000);
