/** What a demonstration counted. */
export interface Counted {
  readonly todo: number;
  /** Published when the worker was killed, and in the end. */
  readonly published: number;
  readonly publishedInTheEnd: number;
  /** Requests to the market until the kill, after it, and how many of all asked again for the same. */
  readonly requests: number;
  readonly requestsAfter: number;
  readonly repeated: number;
  /** What a reader over bronze saw. */
  readonly laps: number;
  readonly filesSeen: number;
  readonly complaints: readonly string[];
}

/** Says what was counted, a line each. */
export function countedLines(counted: Counted): string[] {
  const { todo, published, publishedInTheEnd, requests, requestsAfter, repeated } = counted;
  const { laps, filesSeen, complaints } = counted;
  return [
    'What was counted:',
    `  cells     ${published} published when the worker was killed, ${publishedInTheEnd} of ${todo} in the end`,
    `  requests  ${requests} until then, ${requestsAfter} after; ${repeated} asked again for the same`,
    `  readers   one read all of bronze ${laps} times meanwhile: ${filesSeen} files, ${complaints.length} of them half-written or unaudited`,
  ];
}

/** The last line: how it went, in counts. */
export function verdictLine({ todo, publishedInTheEnd, repeated, complaints }: Counted): string {
  const word = publishedInTheEnd === todo ? 'resumed' : 'not resumed';
  return `${word}; ${repeated} requests repeated, ${complaints.length} partial files seen`;
}
