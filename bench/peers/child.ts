import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { within } from '../within.ts';

/** A program to be started. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const toldSchema = z.looseObject({ event: z.string() });

/** What telling.py printed. */
export type Told = z.infer<typeof toldSchema>;

/** What telling.py says at the end of a job. */
export const endedSchema = z.object({ seconds: z.number(), cpuSeconds: z.number(), peakMb: z.number() });

const mark = '@bench ';
const keptLines = 40;
const started = new Set<Child>();

// Whatever ends the bench, nothing that it started outlives it.
process.on('exit', () => started.forEach((child) => child.signal('SIGKILL')));

/** A process that the bench started, with all that it starts itself: they are one group, and end together. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly told: Told[] = [];
  readonly #lines: string[] = [];

  constructor({ program, args, env }: Command, cwd: string) {
    this.#process = spawn(program, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: tmpdir(),
        LANG: 'C.UTF-8',
        PYTHONDONTWRITEBYTECODE: '1',
        ...env,
      },
    });
    this.#ended = once(this.#process, 'close');
    // Told by `ended`, to whoever asks.
    this.#ended.catch(() => undefined);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.#hear(line));
    started.add(this);
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`${this.#process.spawnfile} could not be started`);
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** What it printed last, for a message. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** The newest thing it told under a name. */
  lastTold(event: string): Told | undefined {
    return this.told.filter((one) => one.event === event).at(-1);
  }

  /** Waits for its end, whatever it is. */
  async ended(longestMs: number): Promise<void> {
    await within(longestMs, this.#ended);
  }

  /** Waits for a good end; kills it where that takes too long. */
  async finished(longestMs: number): Promise<void> {
    try {
      await this.ended(longestMs);
    } catch (error) {
      await this.end();
      throw new Error(`${this.#process.spawnargs.join(' ')} hung:\n${this.output}`, { cause: error });
    }
    if (this.#process.exitCode !== 0)
      throw new Error(`${this.#process.spawnargs.join(' ')} failed:\n${this.output}`);
  }

  /** Sends a signal to the whole group. */
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
    try {
      process.kill(-this.pid, name);
    } catch {
      // All of them are gone.
    }
  }

  /** Asks it to end, and kills what is left of it. */
  async end(graceMs = 8_000): Promise<void> {
    this.signal('SIGTERM');
    await this.ended(graceMs).catch(() => undefined);
    this.signal('SIGKILL');
    started.delete(this);
  }

  #hear(line: string): void {
    const parsed = line.startsWith(mark)
      ? toldSchema.safeParse(JSON.parse(line.slice(mark.length)))
      : undefined;
    if (parsed?.success) this.told.push(parsed.data);
    else this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }
}
