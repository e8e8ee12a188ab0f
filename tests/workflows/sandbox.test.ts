import { bundleWorkflowCode } from '@temporalio/worker';
import { ESLint } from 'eslint';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../../settings.ts';

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const workflowsPath = join(projectFolder, 'workflows', 'index.ts');

describe('the workflow bundle', () => {
  it('builds, holds every workflow type, and takes no module of Node along', async () => {
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
    for (const name of [
      'backfill',
      'dailyRun',
      'dailyTick',
      'month',
      'notify',
      'partition',
      'quota',
      'retryFailed',
      'window',
    ]) {
      expect(code).toMatch(new RegExp(`async function ${name}\\(`));
    }
    const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, path]) => path ?? '');
    expect(modules.filter((path) => path.startsWith('./workflows/')).length).toBeGreaterThan(10);
    const foreign = modules.filter((path) =>
      /^\.\/(activities|alerts|lake|sources|contracts|calendars|plan|warehouse|worker|client|settings)/.test(
        path,
      ),
    );
    expect(foreign).toEqual([]);
    const builtins = modules.filter((path) => path.startsWith('node:') || builtinModules.includes(path));
    // The sandbox offers these three in a form of its own.
    expect(builtins.filter((path) => !['assert', 'url', 'util'].includes(path))).toEqual([]);
  });

  it('does not build where a workflow touches the disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    const path = join(folder, 'bad.ts');
    await writeFile(
      path,
      `import { readFile } from 'node:fs/promises';\nexport const bad = async () => readFile('x');\n`,
    );
    await expect(bundleWorkflowCode({ workflowsPath: path, logger: silent })).rejects.toThrow();
    await rm(folder, { recursive: true });
  });
});

describe('the lint rule of workflows/', () => {
  // One for all: it reads the whole TypeScript project.
  const eslint = new ESLint({ cwd: projectFolder });
  const lint = async (text: string): Promise<string[]> => {
    // An existing file's path, so that it is part of the TypeScript project.
    const [result] = await eslint.lintText(text, {
      filePath: join(projectFolder, 'workflows', 'retry-failed.ts'),
    });
    return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId}: ${message}`);
  };

  it.each([
    `import { readFileSync } from 'node:fs';\nexport const bytes = readFileSync('x');\n`,
    `import { jsonBytes } from '../lake/json.ts';\nexport const bytes = jsonBytes(1);\n`,
    `import { z } from 'zod';\nexport const text = z.string();\n`,
    `import { plan } from '../activities/plan.ts';\nexport const step = plan;\n`,
  ])('refuses %j', async (text) => {
    expect((await lint(text)).join('\n')).toMatch(/no-restricted-imports.*the sandbox/);
  });

  it('lets types from activities through', async () => {
    const text = `import type { Activities } from '../activities/index.ts';\nexport type Names = keyof Activities;\n`;
    expect(await lint(text)).toEqual([]);
  });
}, 60_000);
