import type { TracedProcess, Traces } from './traced-process.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** The module that makes spans inside the workflow sandbox; a bundle with it has a key of its own. */
export const workflowTraceModule = '@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors';

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
