import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { environmentFor, projectFolder } from '../../settings.ts';
import { cliTimeoutMs, temporalCliPath } from '../support/temporal-cli.ts';

const run = promisify(execFile);

it(
  'npm run demo:kill kills the worker half-way, and ends with nothing repeated and nothing half-done',
  async () => {
    const env = environmentFor({ TEMPORAL_CLI_PATH: await temporalCliPath() });
    const script = join(projectFolder, 'chaos', 'demo-kill.ts');
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, '--days', '10'], {
      cwd: projectFolder,
      env,
    });
    expect(stdout).toMatch(/(\d+) of \d+ cells are published: kill -9 \d+/);
    expect(stdout).toContain('The worker ended (SIGKILL); starting another.');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('resumed; 0 requests repeated, 0 partial files seen');
  },
  cliTimeoutMs,
);
