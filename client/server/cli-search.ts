/** Where to look for the Temporal CLI, and whom to tell. */
export interface CliSearch {
  /** TEMPORAL_CLI_PATH. Where it is given nothing else is tried. */
  readonly cliPath?: string;
  /** The folders of PATH, in order; `temporal` and `go` are looked for in them. */
  readonly pathDirs: readonly string[];
  /** The user's cache folder (`userCacheDir`); our copy lies below it. */
  readonly cacheDir: string;
  /** Receives one line at a time of what is being done. */
  readonly say: (line: string) => void;
  /** False leaves out the SDK's own download. Default: true. */
  readonly download?: boolean;
}

/** A Temporal CLI that answers, and where it was found. */
export interface FoundCli {
  readonly path: string;
  readonly from: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'download' | 'go install';
}

/** One way to get the CLI into an empty folder: the file's path, or why it is not there. */
export type Fetched = { readonly path: string } | { readonly trouble: string };
