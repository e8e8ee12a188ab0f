import { diag, DiagLogLevel, trace, type DiagLogger } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2';
import { attributesOf, TidySpans } from './tidy-spans.ts';
import type { TracedProcess, Traces } from './traced-process.ts';

const sameComplaintEveryMs = 60_000;

/**
 * Starts OpenTelemetry for this process. The exporter, the batches and the sampler read their variables themselves; spans
 * travel as JSON over HTTP.
 */
export function startOpenTelemetry({ service, hide, complain }: TracedProcess): Traces {
  diag.setLogger(complaints(complain), DiagLogLevel.WARN);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service }))
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
    .merge(detectResources({ detectors: [envDetector] }));
  const spans = new TidySpans(new BatchSpanProcessor(new OTLPTraceExporter()), hide);
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  // Without a registered context manager every span would begin a trace of its own.
  provider.register();
  return {
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
    activities: [(context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })],
    sinks: { exporter: makeWorkflowExporter(spans, resource) },
    nameOnSpan: (subject, attempt) =>
      trace.getActiveSpan()?.setAttributes({ ...attributesOf(subject), attempt }),
    flush: () => provider.forceFlush(),
  };
}

/** A collector that is away would be complained about with every batch: the same sentence once a minute is enough. */
function complaints(complain: (sentence: string) => void): DiagLogger {
  const saidAtMs = new Map<string, number>();
  const say = (...words: unknown[]): void => {
    const sentence = `spans: ${words.map(String).join(' ')}`.slice(0, 500);
    if (Date.now() - (saidAtMs.get(sentence) ?? 0) < sameComplaintEveryMs) return;
    saidAtMs.set(sentence, Date.now());
    complain(sentence);
  };
  const nothing = (): void => undefined;
  return { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing };
}
