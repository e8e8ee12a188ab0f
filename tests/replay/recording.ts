import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../../settings.ts';
import { addDays, utcDateOf } from '../../workflows/pure/cell.ts';
import { inLake } from '../../workflows/pure/ids.ts';
import type { WorkedLake } from '../support/test-lake.ts';
import { cleanHistory } from './clean-history.ts';
import { historyToPlain } from './history-json.ts';
import type { Scenario } from './scenarios.ts';

/** The version whose histories are recorded: that of package.json. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')));

/** Where recordings lie. */
export const folder = join(projectFolder, 'tests', 'replay', 'histories');

/** The file of a scenario's recording. */
export const fileOf = (scenario: Scenario): string => join(folder, `${version}-${scenario}.json`);

/** Yesterday and the days before it are final, on an exchange that never closes. */
export const today = utcDateOf(Date.now());

/** The lake's clock while it is recorded. */
export const now = new Date(`${today}T12:00:00Z`);

/** So many days before today. */
export const day = (back: number): string => addDays(today, -back);

/** Saves the newest execution of a workflow, or one of its executions, as a scenario's recording. */
export async function save(
  worked: WorkedLake,
  scenario: Scenario,
  id: string,
  runId?: string,
): Promise<void> {
  return saveWhole(worked, scenario, inLake(worked.lake.lake.id, id), runId);
}

/** The same for a workflow that is below no lake. */
export async function saveWhole(
  { lake }: WorkedLake,
  scenario: Scenario,
  workflowId: string,
  runId?: string,
): Promise<void> {
  const handle = lake.client.workflow.getHandle(workflowId, runId);
  const json = historyToPlain(await handle.fetchHistory(), (await handle.describe()).runId);
  const clean = cleanHistory(json, lake.settings.lakeFolder);
  await writeFile(fileOf(scenario), `${JSON.stringify(clean)}\n`);
  console.log(`recorded ${scenario}`);
}
