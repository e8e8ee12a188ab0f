import type { ClientInterceptors } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Hide } from './hiding.ts';
import type { Subject } from './subject.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** What makes one trace of everything that a run does, in this process and in those it starts work in. */
export interface Traces {
  readonly client: ClientInterceptors;
  readonly activities: NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']>;
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
  /** Writes on the span that is open what it is about. */
  readonly nameOnSpan: (subject: Subject, attempt: number) => void;
  /** Sends what has not been sent. */
  flush(): Promise<void>;
}

/** The module that makes spans inside the workflow sandbox; a bundle with it has a key of its own. */
export const workflowTraceModule = '@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors';

/** Who makes spans, and what is hidden from them. */
export interface TracedProcess {
  readonly service: string;
  readonly hide: Hide;
  /** Told what the exporter complains about. */
  readonly complain: (sentence: string) => void;
}

const flushWithinMs = 2_000;
let open: Traces | undefined;

/** Starts tracing where the variables ask for it. OpenTelemetry's packages are loaded only then. */
export async function openTraces(
  { isTraced }: Pick<TelemetrySettings, 'isTraced'>,
  process: () => TracedProcess,
): Promise<Traces | undefined> {
  if (!isTraced || open) return open;
  const { startOpenTelemetry } = await import('./otel.ts');
  open = startOpenTelemetry(process());
  return open;
}

/** Sends what this process has not sent yet, for two seconds at most: a collector that is away holds nobody up. */
export async function flushTraces(): Promise<void> {
  if (!open) return;
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, flushWithinMs)));
  await Promise.race([open.flush(), enough]);
  clearTimeout(timer);
}
