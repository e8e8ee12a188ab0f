import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { projectFolder } from '../../settings.ts';
import { coingeckoSource } from '../../sources/coingecko.ts';
import { massiveSource } from '../../sources/massive.ts';
import type { Source } from '../../sources/source.ts';
import { commonDefects } from './conformance/defects-of-conversations.ts';
import { closedDayDefects, groupedDefects, rangeDefects } from './conformance/defects-of-ranges.ts';
import { snapshotDefects } from './conformance/defects-of-snapshots.ts';
import type { Defects } from './conformance/defects.ts';
import { claimsOn, subjectOf } from './conformance/examine.ts';
import { factsOfApis } from './conformance/facts.ts';
import type { ApiFacts } from './conformance/facts-shape.ts';
import { openStage, type Stage } from './conformance/stage.ts';
import { harbourFacts } from './template/facts.ts';
import { harbourGuest } from './template/harbour-guest.ts';
import { harbourSource } from './template/harbour.ts';

let stage: Stage;
beforeAll(async () => {
  const folders = [join(projectFolder, 'contracts'), join(import.meta.dirname, 'template')];
  stage = await openStage([harbourGuest], folders);
});
afterAll(() => stage.market.close());
afterEach(() => stage.market.clearFaults());

/** A sound resource, and what it is broken with. */
type Patient = readonly [source: Source, resource: string, facts: ApiFacts, defects: Defects];
const patients: readonly Patient[] = [
  [harbourSource(), 'daily_prices', harbourFacts, { ...commonDefects, ...rangeDefects }],
  [massiveSource(), 'daily_bars', factsOfApis.massive, { ...closedDayDefects, ...groupedDefects }],
  [coingeckoSource(), 'markets', factsOfApis.coingecko, snapshotDefects],
];

const trials = patients.flatMap(([source, name, facts, defects]) =>
  Object.entries(defects).flatMap(([title, list]) =>
    list.map((defect, index) => ({ source, name, facts, title, defect, number: index + 1 })),
  ),
);

it.each(trials)('$name: "$title" is broken by its defect $number', async ({ title, defect, ...patient }) => {
  const subject = subjectOf(stage, patient.source, patient.name, patient.facts);
  const claim = claimsOn(subject.resource, subject.facts).find((each) => each.title === title);
  expect(claim).toBeDefined();
  const broken = { ...subject, resource: defect(subject.resource) };
  const reason = await claim?.check(broken).then(
    () => 'the claim held',
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Error);
  // A defect that is itself wrong would break every claim.
  expect(reason).not.toBeInstanceOf(TypeError);
});

describe('the suite', () => {
  it('has a defect for every claim that it makes', () => {
    const broken = new Set(trials.map(({ title }) => title));
    const claimed = patients.flatMap(([source, name, facts]) => {
      const { resource, facts: own } = subjectOf(stage, source, name, facts);
      return claimsOn(resource, own).map(({ title }) => title);
    });
    expect(claimed.filter((title) => !broken.has(title))).toEqual([]);
  });
});
