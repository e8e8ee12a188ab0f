import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sentenceOfLine } from '../../telemetry/log-sentence.ts';
import { workerCommand } from '../../worker/worker-command.ts';
import { readFrom, sizeOf } from '../server/log-file.ts';
import { lastLines } from '../server/run-command.ts';
import { NobodyAnswers } from '../command/exit-code.ts';

const stopWithinMs = 25_000;
const restartAfterMs = 1_000;

/** A worker that is kept up: when it dies by itself, another is started. */
export interface KeptWorker {
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the lake's worker as a process of its own, out of the terminal's group, so that Ctrl-C reaches it
 * through us and in order. Resolves when it is ready for work.
 * @throws NobodyAnswers with the last lines of its log where it does not come up.
 */
export async function keepWorker(logPath: string, say: (line: string) => void): Promise<KeptWorker> {
  let isStopping = false;
  let current = await startReady(logPath);
  const watch = (child: ChildProcess): void => {
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      say(
        `The worker ended (${signal ?? `exit code ${code ?? '?'}`}); starting another. Its log: ${logPath}`,
      );
      void restart();
    });
  };
  const restart = async (): Promise<void> => {
    while (!isStopping) {
      await pause(restartAfterMs);
      try {
        const next = await startReady(logPath);
        if (isStopping) return await stopChild(next);
        current = next;
        return watch(next);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    }
  };
  watch(current);
  return {
    get pid() {
      return current.pid;
    },
    stop: async () => {
      isStopping = true;
      await stopChild(current);
    },
  };
}

async function startReady(logPath: string): Promise<ChildProcess> {
  mkdirSync(dirname(logPath), { recursive: true });
  const from = await sizeOf(logPath);
  const log = openSync(logPath, 'a');
  const { args, env } = workerCommand({});
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log, 'ipc'], env });
  closeSync(log);
  const [event] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  if (event === 'ready') return child;
  throw new NobodyAnswers(
    `The worker did not come up. Its log ${logPath} ends:\n${sentencesOf(lastLines(await readFrom(logPath, from), 10))}`,
  );
}

/** The log is for programs: people are shown its sentences. */
function sentencesOf(lines: string): string {
  return lines.split('\n').map(sentenceOfLine).join('\n');
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([ended.then(() => true), pause(stopWithinMs).then(() => false)]);
  if (!inTime) child.kill('SIGKILL');
  await ended;
}
