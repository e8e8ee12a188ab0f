import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { examine } from './conformance/examine.ts';
import { openStage, type Stage } from './conformance/stage.ts';
import { harbourFacts } from './template/facts.ts';
import { harbourGuest, harbourSource } from './template/harbour-guest.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage([harbourGuest], [join(import.meta.dirname, 'template')]);
});
afterAll(() => stage.market.close());

describe('the template of docs/adding-a-source.md', () => {
  examine(harbourSource(), harbourFacts, () => stage);
});
