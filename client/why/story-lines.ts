import { workflowUrl, type WorkflowPlaces } from '../../report/links.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { AuditOfCell } from './audits-of-cell.ts';
import type { BatchOfCell, CellStory, RecordOfCell } from './cell-story.ts';
import type { ClosedNote, WindowFailure } from './indexed-notes.ts';

/** One thing that happened: when, in a few words, and what there is to know of it. Addresses are never broken. */
export interface StoryLine {
  readonly at: string;
  readonly title: string;
  readonly facts: readonly string[];
}

const hashShown = 16;

/** Tells a cell's story in the order in which it happened. */
export function storyLines(story: CellStory, places: WorkflowPlaces): StoryLine[] {
  const last = story.audits.at(-1);
  const lines = [
    ...story.closedNotes.map(closedLine),
    ...story.windowFailures.map((failure) => failureLine(failure, places)),
    ...story.batches.map((batch) => batchLine(batch, places)),
    ...story.audits.map((audit) => auditLine(audit, audit === last)),
    ...story.records.map((record) => recordLine(record, story.records, places)),
  ];
  return lines.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
}

function closedLine({ recordedAt, run, reason }: ClosedNote): StoryLine {
  return {
    at: recordedAt,
    title: `found closed: ${reason ?? 'no session'}`,
    facts: [`by the plan of ${run}`],
  };
}

function failureLine(failure: WindowFailure, places: WorkflowPlaces): StoryLine {
  const { recordedAt, run, code, reason, workflowId, workflowRunId } = failure;
  return {
    at: recordedAt,
    title: `its window could not be fetched (${code})`,
    facts: [reason, `run ${run}`, ...workflowFacts(places, workflowId, workflowRunId)],
  };
}

function batchLine(of: BatchOfCell, places: WorkflowPlaces): StoryLine {
  const pages = of.pages.flatMap(({ request, status, sizeBytes, rowCount, sha256, file, fetchedAt }) => [
    `GET ${request.target}`,
    `  ${status}, ${sizeBytes.toLocaleString('en-US')} bytes, ${rowCount.toLocaleString('en-US')} rows, at ${clock(fetchedAt)}`,
    `  sha256 ${sha256.slice(0, hashShown)}…`,
    `  ${of.folder}/${file}`,
    ...archiveFacts(of.archive, '  '),
  ]);
  return {
    at: of.fetchedAt,
    title: `asked: batch ${of.batch.id}, ${of.pages.length === 1 ? '1 request' : `${of.pages.length} requests`}`,
    facts: [...pages, ...workflowFacts(places, of.workflowId, of.workflowRunId)],
  };
}

/** Of the newest verdict every check is told; of older ones, those that did not pass. */
function auditLine(audit: AuditOfCell, isNewest: boolean): StoryLine {
  const { verdict, contractVersion, attempt } = audit;
  const notPassed = verdict.checks.filter((check) => check.outcome !== 'passed');
  const passed = verdict.checks.filter((check) => check.outcome === 'passed');
  const values = valuesOf(passed);
  return {
    at: audit.auditedAt,
    title: `audited${attempt === null ? '' : `, attempt ${attempt}`}: ${verdict.outcome}, ${passed.length} of ${verdict.ruleCount} rules passed (contract ${contractVersion})`,
    facts: [
      ...notPassed.flatMap(checkFacts),
      ...(isNewest && values !== '' ? [`passed: ${values}`] : []),
      audit.file,
      ...(audit.keptAt === undefined ? [] : [audit.keptAt]),
    ],
  };
}

/** What was measured where all was well; that a column has its type is counted, not listed. */
function valuesOf(passed: AuditOfCell['verdict']['checks']): string {
  const types = passed.filter(({ rule }) => rule.endsWith('.type')).length;
  const others = passed.filter(({ rule }) => !rule.endsWith('.type'));
  return [
    ...others.map(({ rule, measured }) => `${rule} ${measured}`),
    ...(types > 0 ? [`the types of ${types} columns`] : []),
  ].join('; ');
}

function checkFacts(check: AuditOfCell['verdict']['checks'][number]): string[] {
  const mark = check.severity === 'warning' ? 'warning' : check.outcome;
  const rows = check.offenders.slice(0, 3).map(
    (row) =>
      `  row ${Object.entries(row)
        .filter(([name]) => !name.startsWith('__'))
        .map(([name, value]) => `${name}=${value ?? 'null'}`)
        .join(' ')}`,
  );
  return [`${mark}: ${check.rule}: measured ${check.measured}, expected ${check.expected}`, ...rows];
}

function recordLine(entry: RecordOfCell, all: readonly RecordOfCell[], places: WorkflowPlaces): StoryLine {
  const { number, record } = entry;
  const { event, code, reason, until, run, workflowId, workflowRunId, batch, look } = record;
  return {
    at: record.recordedAt,
    title: `record ${number}: ${event}${code === undefined ? '' : ` (${code})`}${entry.close === null ? '' : `, close ${entry.close}`}`,
    facts: [
      ...(reason === undefined ? [] : [reason]),
      ...(until === undefined ? [] : [`until ${until}`]),
      ...(look === undefined ? [] : [lookWords(look)]),
      ...replacedFacts(entry, all),
      ...fileFacts(entry),
      ...(batch === undefined ? [] : [`batch ${batch.id}`]),
      `run ${run}`,
      ...workflowFacts(places, workflowId ?? null, workflowRunId ?? null),
    ],
  };
}

function lookWords(look: number | 'history'): string {
  return look === 'history'
    ? 'looked at again with its whole history'
    : `looked at again, ${countOf(look, 'day')} after its day was final`;
}

/** What a restatement replaced, with both closes. */
function replacedFacts({ record, close }: RecordOfCell, all: readonly RecordOfCell[]): string[] {
  const { supersedes } = record;
  if (supersedes === undefined) return [];
  const old = all.find(({ number }) => number === supersedes.number)?.close ?? null;
  const change =
    old === null || close === null || old === 0
      ? ''
      : `: close ${old} → ${close} (${close >= old ? '+' : ''}${(100 * (close / old - 1)).toFixed(2)} %)`;
  return [`restated: it replaced record ${supersedes.number}${change}`, `the old file: ${supersedes.keptAt}`];
}

function archiveFacts(archive: string | null, indent = ''): string[] {
  return archive === null ? [] : [`${indent}packed away in ${archive}`];
}

function fileFacts({ record, file, archive }: RecordOfCell): string[] {
  const { sha256, sizeBytes, rowCount, contractVersion } = record;
  if (record.event !== 'published' || sha256 === undefined || file === null) return [];
  const size = sizeBytes === undefined ? '' : `${sizeBytes.toLocaleString('en-US')} bytes, `;
  return [
    `${size}${countOf(rowCount ?? 0, 'row')}, contract ${contractVersion ?? '?'}, sha256 ${sha256.slice(0, hashShown)}…`,
    file,
    ...archiveFacts(archive),
  ];
}

function workflowFacts(
  places: WorkflowPlaces,
  workflowId: string | null,
  workflowRunId: string | null,
): string[] {
  if (workflowId === null) return [];
  const url = workflowUrl(places, workflowId, workflowRunId);
  return [`workflow ${workflowId}`, ...(url === null ? [] : [url])];
}

/** `2026-11-20 19:05:21Z`: an instant for people, to the second. */
export function clock(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`;
}
