import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectFolder } from '../../../settings.ts';
import type { Said } from './said.ts';

/** Runs commands in one process that stays, one at a time, by one environment. */
export class CommandHost {
  #child: ChildProcess | undefined;
  #isBusy = false;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** True while a command is under way; the next one then needs a process of its own. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Runs one command to its end. */
  async run(command: string, words: readonly string[]): Promise<Said> {
    this.#isBusy = true;
    try {
      const child = (this.#child ??= this.#start());
      return await new Promise<Said>((resolve, reject) => {
        const died = (): void => {
          this.#child = undefined;
          reject(new Error(`The process died of: ${command} ${words.join(' ')}`));
        };
        child.once('exit', died);
        child.once('message', (said) => {
          child.off('exit', died);
          // Its own words, by the type on both sides.
          resolve(said as Said);
        });
        child.send({ command, words });
      });
    } finally {
      this.#isBusy = false;
    }
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #start(): ChildProcess {
    return fork(join(import.meta.dirname, 'command-child.ts'), {
      cwd: projectFolder,
      env: this.environment,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }
}
