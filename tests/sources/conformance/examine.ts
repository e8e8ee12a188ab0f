import { afterEach, describe, expect, it } from 'vitest';
import type { Source } from '../../../sources/source.ts';
import { columnClaims } from './columns.ts';
import { conversationClaims } from './conversation.ts';
import type { ApiFacts, RangeFacts, ResourceFacts, SnapshotFacts } from './facts-shape.ts';
import { groupedClaims } from './grouped.ts';
import { oddRangeClaims } from './odd-ranges.ts';
import { rangeClaims } from './ranges.ts';
import { secretClaims } from './secrets.ts';
import { snapshotClaims } from './snapshots.ts';
import { playedOn, type Stage } from './stage.ts';
import type { Claim, Subject } from './subject.ts';

/** One claim, ready to be tried. */
export interface Trial {
  readonly title: string;
  readonly check: (subject: Subject) => Promise<void>;
}

/** Lists every claim that a resource must keep, by what it can be asked for. */
export function claimsOn(resource: Subject['resource'], facts: ResourceFacts): readonly Trial[] {
  const common: readonly Claim[] = [...columnClaims, ...conversationClaims, ...secretClaims];
  if (facts.kind === 'events') return common.map(asTrial);
  if (facts.kind === 'snapshot') return [...common, ...snapshotClaims.map(asTrial<SnapshotFacts>)];
  const grouped = resource.coverage.groupOf(facts.symbol) === null ? [] : groupedClaims;
  return [...common, ...[...rangeClaims, ...oddRangeClaims, ...grouped].map(asTrial<RangeFacts>)];
}

/** The kind of the facts was looked at before its claims were chosen, so that they are the claim's own. */
function asTrial<Facts extends ResourceFacts>({ title, check }: Claim<Facts>): Trial {
  return { title, check: (subject) => check(subject as Subject<Facts>) };
}

/**
 * Makes a subject of one resource of a source.
 * @throws Error where the sample market does not play the source, or nobody told its facts.
 */
export function subjectOf(stage: Stage, source: Source, name: string, api: ApiFacts | undefined): Subject {
  const { usual, resources } = source;
  const played = playedOn(stage, source.name);
  const resource = resources[name];
  const facts = api?.resources[name];
  if (usual.isLocal || resource === undefined) throw new Error(`${source.name} has no API with ${name}.`);
  if (played === undefined)
    throw new Error(`Nobody plays ${source.name}: add its part to sources/sample/apis.ts.`);
  if (api === undefined || facts === undefined)
    throw new Error(`Add the facts of ${source.name}.${name} to tests/sources/conformance/facts.ts.`);
  const contract = stage.contracts.get(`${source.name}.${name}`);
  if (contract === undefined) throw new Error(`Write contracts/${source.name}.${name}.odcs.yaml.`);
  return { source: source.name, usual, resource, contract, api, facts, played, stage };
}

/** Puts every resource of an API through every claim that it must keep. */
export function examine(source: Source, api: ApiFacts | undefined, stageNow: () => Stage): void {
  describe.each(Object.entries(source.resources))(`${source.name}.%s`, (name, resource) => {
    const facts = api?.resources[name];
    if (facts === undefined) {
      it('has its facts told', () => void subjectOf(stageNow(), source, name, api));
      return;
    }
    afterEach(() => stageNow().market.clearFaults());
    it('says of itself what its facts say of it', () => {
      expect(resource.coverage.isSnapshot === true ? 'snapshot' : 'range').toBe(
        facts.kind === 'range' ? 'range' : 'snapshot',
      );
      expect(resource.membersOf !== undefined).toBe(facts.kind !== 'range');
    });
    it.each(claimsOn(resource, facts))('$title', ({ check }) =>
      check(subjectOf(stageNow(), source, name, api)),
    );
  });
}
