/** Which run, cell and batch something is about, as far as it can be told. */
export interface Subject {
  readonly run?: string;
  readonly dataset?: string;
  readonly ticker?: string;
  /** A trading day, or `FROM..TO`. */
  readonly date?: string;
  readonly batch?: string;
}

/** Reads what a step is about from its arguments, since every step names these things alike, and from its workflow's id. */
export function subjectOfStep(args: readonly unknown[], workflowId: string | undefined): Subject {
  const ofWorkflow = workflowId === undefined ? {} : subjectOfWorkflow(workflowId);
  return args.reduce<Subject>((known, arg) => ({ ...known, ...subjectOfArgument(arg) }), ofWorkflow);
}

/** Reads what a workflow is about from its id: `LAKE/partition/DATE/TICKER/DATASET`, `LAKE/daily/DATE` and the like. */
export function subjectOfWorkflow(workflowId: string): Subject {
  const [, kind = '', ...rest] = workflowId.split('/');
  const [first = '', second = '', third = ''] = rest;
  switch (kind) {
    case 'partition':
      return rest.length < 3 ? {} : { date: first, ticker: second, dataset: third };
    case 'month':
      return rest.length < 3 ? {} : { dataset: first, ticker: second };
    case 'lot':
      return rest.length < 4 ? {} : { dataset: first, date: second };
    case 'window':
      if (rest.length < 3) return {};
      return { dataset: first, ticker: second, ...(third.startsWith('batch-') ? {} : { date: third }) };
    case 'daily':
    case 'backfill':
    case 'retry':
      return { run: [kind, ...rest].join('/') };
    default:
      return {};
  }
}

function subjectOfArgument(arg: unknown): Subject {
  if (typeof arg !== 'object' || arg === null) return {};
  const { run, dataset, ticker, date, batchId } = arg as Record<string, unknown>;
  const batch = textOf(batchId) ?? textOf(fieldOf(arg, 'batch', 'id'));
  return withoutGaps({
    run: textOf(run),
    dataset: textOf(dataset),
    ticker: textOf(ticker),
    date: textOf(date),
    batch,
  });
}

function fieldOf(value: object, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    // Whatever it is, a field of it is asked for, never relied on.
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function withoutGaps(subject: { readonly [Name in keyof Subject]: Subject[Name] | undefined }): Subject {
  return Object.fromEntries(Object.entries(subject).filter(([, value]) => value !== undefined));
}
