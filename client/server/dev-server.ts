import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { freePort } from './free-port.ts';
import { readFrom, sizeOf } from './log-file.ts';
import { lastLines } from './run-command.ts';
import { serverArgs } from './server-args.ts';
import { ServerError } from './server-error.ts';
import type { ProcessEnd } from './server-process.ts';
import { startProcess } from './server-process.ts';
import { untilReady } from './until-ready.ts';

/** A Temporal development server that we started. */
export interface DevServer {
  /** Host and port for clients and workers. */
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number;
  /** Ends it in order; killed where it has not ended after ten seconds. */
  stop(): Promise<void>;
  /** Resolves when it ends, by itself too. */
  readonly ended: Promise<ProcessEnd>;
}

/** What a development server is started with. */
export interface DevServerOptions {
  readonly cliPath: string;
  /**
   * Its SQLite file, with `-wal` and `-shm` beside it: executions and closed history. Two servers would both open
   * it and spoil it: the caller sees to it that one lake has one server.
   */
  readonly dbPath: string;
  /** What it prints is appended here. */
  readonly logPath: string;
  /** Where to look for a free port first. Default: 7233. */
  readonly port?: number;
  /** Where to look for a free port for the Web UI first. Default: 8233. */
  readonly uiPort?: number;
  /** Names of search attributes, all Keyword, to have in namespace `default`. */
  readonly searchAttributes: readonly string[];
}

/** A port found free may be taken before the server binds it; another look finds the next. */
const starts = 5;
const portTaken = /address already in use/;

/**
 * Starts a server on 127.0.0.1, waits until it answers and makes its namespace ready.
 * @throws ServerError `ServerDidNotStart` with the last lines of its log.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  await mkdir(dirname(options.dbPath), { recursive: true });
  await mkdir(dirname(options.logPath), { recursive: true });
  for (let start = 1; ; start += 1) {
    const outcome = await startOnce(options);
    if ('server' in outcome) return outcome.server;
    if (start < starts && outcome.isPortTaken) continue;
    throw new ServerError(
      'ServerDidNotStart',
      `Started a Temporal server from ${options.cliPath} on ${options.dbPath}: ${outcome.trouble}\n` +
        `The whole log is ${options.logPath}. Where the database is the trouble, move it aside: the lake's records do not need it.`,
    );
  }
}

type Outcome = { readonly server: DevServer } | { readonly trouble: string; readonly isPortTaken: boolean };

async function startOnce(options: DevServerOptions): Promise<Outcome> {
  const port = await freePort(options.port ?? 7233);
  const wantedUi = await freePort(options.uiPort ?? 8233);
  const uiPort = wantedUi === port ? await freePort(port + 1) : wantedUi;
  const address = `127.0.0.1:${port}`;
  const logStart = await sizeOf(options.logPath);
  const ownLog = async (): Promise<string> => readFrom(options.logPath, logStart);
  const args = serverArgs({ ...options, port, uiPort });
  const running = await startProcess(options.cliPath, args, options.logPath).catch((error: Error) => error);
  if (running instanceof Error)
    return { trouble: `it cannot be run: ${running.message}`, isPortTaken: false };
  try {
    const trouble = await untilReady(running, address, options.searchAttributes, ownLog);
    if (trouble === undefined)
      return { server: { ...running, address, uiUrl: `http://127.0.0.1:${uiPort}` } };
    await running.stop();
    return {
      trouble: `${trouble} Its log says:\n${beforePanic(await ownLog())}`,
      isPortTaken: portTaken.test(await ownLog()),
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The last lines of a log that tell something: the Go stack below a panic fills pages and says nothing to a person. */
function beforePanic(log: string): string {
  return lastLines(log.split(/^goroutine \d+/m)[0] ?? '', 10);
}
