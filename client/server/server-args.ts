/** Where one development server listens and keeps its data. */
export interface ServerPlace {
  readonly port: number;
  readonly uiPort: number;
  readonly dbPath: string;
  readonly searchAttributes: readonly string[];
}

/**
 * The server's settings. One queue partition makes a rate limit exact and saves a hop; eager activities save
 * another; 255 is the length of an id that a server on PostgreSQL takes, so a longer one fails here first.
 */
const dynamicConfig: Readonly<Record<string, number | boolean>> = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  'limit.maxIDLength': 255,
};

/** Builds the command line of the development server. WAL is worth several times the default's throughput. */
export function serverArgs(place: ServerPlace): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...['--port', String(place.port), '--ui-port', String(place.uiPort)],
    ...['--db-filename', place.dbPath],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...place.searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}
