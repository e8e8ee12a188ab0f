import { afterAll, beforeAll, it } from 'vitest';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { expectNothingLost, openKillStory, type KillStory } from './kill-story.ts';

let story: KillStory;

beforeAll(async () => {
  story = await openKillStory();
}, cliTimeoutMs);
afterAll(() => story.close());

it('a server killed half-way and started on its own database goes on, and the worker stays', async () => {
  await expectNothingLost(story, async () => {
    await story.server.kill();
    await story.server.restart();
  });
}, 180_000);
