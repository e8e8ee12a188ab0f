import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../settings.ts';
import { installQuietRuntime } from '../support/quiet-runtime.ts';
import { recordedIdentity, textsOf } from './clean-history.ts';
import { historyFromPlain } from './history-json.ts';
import { scenarios } from './scenarios.ts';

const folder = join(import.meta.dirname, 'histories');
const workflowsPath = join(projectFolder, 'workflows', 'index.ts');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const versions = new Set(files.map((file) => /^(\d+\.\d+\.\d+)-/.exec(file)?.[1]));

beforeAll(installQuietRuntime);

const readText = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** Replays recordings with today's workflows and answers what went wrong, by name. */
async function replay(recordings: readonly { name: string; text: string }[]): Promise<Map<string, Error>> {
  const histories = recordings.map(({ name, text }) => ({
    workflowId: name,
    history: historyFromPlain(JSON.parse(text)),
  }));
  const errors = new Map<string, Error>();
  for await (const result of Worker.runReplayHistories({ workflowsPath }, histories)) {
    if (result.error) errors.set(result.workflowId, result.error);
  }
  return errors;
}

describe('the recordings', () => {
  it('are there for every scenario of every version that was recorded', () => {
    expect([...versions].filter(Boolean)).not.toEqual([]);
    const expected = [...versions].flatMap((version) =>
      scenarios.map((scenario) => `${version}-${scenario}.json`),
    );
    expect(expected.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('name no machine and no folder of it', () => {
    const foreign = /\/(home|Users|root|tmp|var|work|builds?)\//;
    const complaints = files.flatMap((file) =>
      textsOf(JSON.parse(readText(file)))
        .filter(
          ({ key, text }) =>
            (key === 'identity' && text !== recordedIdentity) ||
            foreign.test(text) ||
            text.includes(homedir()) ||
            text.includes(hostname()),
        )
        .map(({ key, text }) => `${file}: ${key}: ${text.slice(0, 200)}`),
    );
    expect(complaints).toEqual([]);
  });
});

describe('replay', () => {
  it('of every recording takes the same steps as when it was made', async () => {
    const errors = await replay(files.map((name) => ({ name, text: readText(name) })));
    expect([...errors].map(([name, error]) => `${name}: ${error.message}`)).toEqual([]);
  });

  it('notices a workflow that would take another step', async () => {
    const name = files.find((file) => file.endsWith('partition-published.json')) ?? '';
    const text = readText(name).replaceAll('{"name":"audit"}', '{"name":"judge"}');
    expect(text).toContain('judge');
    const errors = await replay([{ name, text }]);
    expect(errors.get(name)?.message).toMatch(/nondeterminism|judge/i);
  });
});
