import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { model, type Modelled } from '../../activities/model.ts';
import { unobserved } from '../../activities/observation.ts';
import { runRecordsFolder } from '../../lake/layout.ts';
import { appendRecord } from '../../lake/records.ts';
import { RecordedLake } from '../warehouse/recorded-lake.ts';

let lake: RecordedLake;

beforeEach(async () => {
  lake = new RecordedLake(await mkdtemp(join(tmpdir(), 'model-')));
});
afterEach(() => rm(lake.folder, { recursive: true, force: true }));

const run = 'daily/2024-03-01';
const startedAt = '2024-03-02T00:00:00.000Z';

async function rebuild(workflowRunId: string): Promise<Modelled> {
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: `sample-1/${run}`, runId: workflowRunId },
  });
  const deps = {
    ...lake.toModel,
    lake: { id: 'sample-1', market: 'sample', createdAt: startedAt } as const,
    now: () => new Date('2024-03-05T00:00:00Z'),
    observe: unobserved,
  };
  const options = {
    patienceSeconds: 60,
    cellsAtOnce: 1,
    windowsAtOnce: 1,
    isSearchable: false,
    meteredSources: [],
  };
  return environment.run(() => model(deps, { lake: 'sample-1', run, options }));
}

const start = async (): Promise<unknown> =>
  appendRecord(lake.store, runRecordsFolder(run), { event: 'started', recordedAt: startedAt, run });

const told = async (): Promise<unknown[]> =>
  lake.index.rows(
    `select workflow_run_id, body ->> 'difference' as difference from run_records where event = 'rebuilt' order by number`,
  );

it('a rebuild records in its run what it changes, in the words of the market; one of nothing new records nothing', async () => {
  await start();
  await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
  expect(await rebuild('first')).toMatchObject({ outcome: 'built' });
  expect(await rebuild('again')).toMatchObject({ outcome: 'unchanged' });
  await lake.publish('2024-02-29', 104, '2024-03-04T00:30:00.000Z');
  expect(await rebuild('second')).toMatchObject({ outcome: 'built' });
  expect(await told()).toEqual([
    { workflow_run_id: 'first', difference: 'first build' },
    {
      workflow_run_id: 'second',
      difference: expect.stringMatching(
        /^1 close changed, 1 ticker, largest 4 %; \d+ models differ$/,
      ) as string,
    },
  ]);
});

it('a cell that runs alone in a run without records leaves none there, which would show as a run without end', async () => {
  await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
  expect(await rebuild('alone')).toMatchObject({ outcome: 'built' });
  expect(await lake.store.list(runRecordsFolder(run))).toEqual([]);
});
