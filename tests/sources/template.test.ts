import { afterAll, beforeAll, describe } from 'vitest';
import { sampleFolderOf } from '../../sources/usual.ts';
import { examine } from './conformance/examine.ts';
import { openStage, type Stage } from './conformance/stage.ts';
import { harbourFacts } from './template/facts.ts';
import { harbourSource } from './template/harbour.ts';
import { harbourApi } from './template/sample-harbour.ts';

const source = harbourSource();
let stage: Stage;
beforeAll(async () => {
  if (source.usual.isLocal) throw new Error('Harbour is an API.');
  const guest = { source: source.name, folder: sampleFolderOf(source.name, source.usual), api: harbourApi };
  stage = await openStage([guest], [`${import.meta.dirname}/template`]);
});
afterAll(() => stage.market.close());

describe('the template of docs/adding-a-source.md', () => {
  examine(source, harbourFacts, () => stage);
});
