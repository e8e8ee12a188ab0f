import { createHash } from 'node:crypto';
import type { Draft, Finding, FindingOf, Words } from './alert.ts';
import { cellWords } from './words/cells.ts';
import { crossedWords, volumeWords } from './words/market.ts';
import { correctionWords, factorWords, oneFactorOf } from './words/restated.ts';
import { incompleteWords, rebuildWords } from './words/runs.ts';
import { staleWords } from './words/stale.ts';

const longestGroup = 60;

/**
 * Draws up alerts from findings: what has one reason is one alert, however many cells it is about. The key comes from
 * what it is about alone, so that drawing it up twice makes one.
 */
export function draftAlerts(findings: readonly Finding[], isSynthetic: boolean): Draft[] {
  const of = <Kind extends Finding['kind']>(...kinds: readonly Kind[]): FindingOf<Kind>[] =>
    findings.filter((finding): finding is FindingOf<Kind> =>
      (kinds as readonly string[]).includes(finding.kind),
    );
  const drafts = [
    ...grouped(
      of('refused', 'failed'),
      (cell) => `${cell.dataset}-${[cell.code, ...cell.rules].join('-')}`,
      cellWords,
      ['kind'],
    ),
    ...grouped(of('incomplete'), ({ run }) => run, incompleteWords),
    ...grouped(of('rebuild'), ({ code }) => code, rebuildWords),
    ...grouped(of('stale'), ({ dataset }) => dataset, staleWords),
    ...restatedDrafts(of('restated')),
    ...grouped(of('crossed'), ({ incident }) => incident, crossedWords),
    ...grouped(of('volume'), ({ incident }) => incident, volumeWords),
  ];
  return drafts.map((draft) => (isSynthetic ? asSynthetic(draft) : draft));
}

/** Every close of an asset by one factor is one event, apart from what else was corrected. */
function restatedDrafts(findings: readonly FindingOf<'restated'>[]): Draft[] {
  const byAsset = groupsOf(findings, ({ dataset, ticker }) => `${dataset}-${ticker}`);
  const rewritten = [...byAsset.values()].filter((cells) => oneFactorOf(cells) !== undefined).flat();
  const isRewritten = new Set(rewritten);
  return [
    ...grouped(rewritten, ({ dataset, ticker }) => `${dataset}-${ticker}`, factorWords),
    ...grouped(
      findings.filter((finding) => !isRewritten.has(finding)),
      ({ dataset }) => dataset,
      correctionWords,
    ),
  ];
}

function grouped<F extends Finding>(
  findings: readonly F[],
  groupOf: (finding: F) => string,
  wordsOf: (findings: readonly [F, ...F[]]) => Words,
  also: readonly (keyof F)[] = [],
): Draft[] {
  const full = (finding: F): string =>
    [groupOf(finding), ...also.map((name) => String(finding[name]))].join(' ');
  return [...groupsOf(findings, full).values()].map((group) => {
    const [first] = group;
    const incidents = group.map(({ incident }) => incident).sort();
    return { kind: first.kind, key: keyOf(groupOf(first), incidents), incidents, ...wordsOf(group) };
  });
}

function groupsOf<F>(findings: readonly F[], groupOf: (finding: F) => string): Map<string, [F, ...F[]]> {
  const groups = new Map<string, [F, ...F[]]>();
  for (const finding of findings) {
    const group = groups.get(groupOf(finding));
    if (group) group.push(finding);
    else groups.set(groupOf(finding), [finding]);
  }
  return groups;
}

/** A name that people recognise, and a hash of what it is about. */
function keyOf(group: string, incidents: readonly string[]): string {
  const name = group.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, longestGroup);
  return `${name}-${createHash('sha256').update(incidents.join('\n')).digest('hex').slice(0, 12)}`;
}

const priceKinds: ReadonlySet<Finding['kind']> = new Set(['restated', 'crossed', 'volume']);

/** Prices of the sample market are called synthetic wherever they are seen. */
function asSynthetic(draft: Draft): Draft {
  const title = priceKinds.has(draft.kind) ? `Synthetic: ${draft.title}` : draft.title;
  return {
    ...draft,
    title,
    text: `${draft.text} This lake holds the sample market: its prices are synthetic.`,
  };
}
