import { z } from 'zod';

const address = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/, 'host:port, such as 127.0.0.1:9464')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'a port up to 65535');

/** What `telemetry` in marketlake.yaml may say. */
export const telemetrySchema = z.strictObject({
  metrics: address.nullable(),
  log: z.strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']),
    format: z.enum(['auto', 'json', 'text']),
  }),
});

/** What a process tells of itself, and where. */
export interface TelemetrySettings {
  /** `host:port` at which Prometheus reads metrics; null: nowhere. */
  readonly metricsAddress: string | null;
  readonly log: z.infer<typeof telemetrySchema>['log'];
  /** True where spans are sent to a collector; where and how is for OpenTelemetry's own variables to say. */
  readonly isTraced: boolean;
  /** What the variables ask for and is not done, in sentences. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Joins the file's wishes with OpenTelemetry's variables, as its specification names them. */
export function telemetrySettings(
  file: z.infer<typeof telemetrySchema>,
  environment: Environment,
): TelemetrySettings {
  const isDisabled = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  const warnings: string[] = [];
  const isTraced = !isDisabled && areTracesWanted(environment, warnings);
  const metricsOfVariables = isDisabled ? null : prometheusAddress(environment);
  return { metricsAddress: metricsOfVariables ?? file.metrics, log: file.log, isTraced, warnings };
}

/** An exporter that is not known is told and passed over, as the specification asks. */
function areTracesWanted(environment: Environment, warnings: string[]): boolean {
  const exporter = environment['OTEL_TRACES_EXPORTER'];
  const hasEndpoint = Boolean(
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'],
  );
  if (exporter && exporter !== 'otlp' && exporter !== 'none') {
    warnings.push(
      `OTEL_TRACES_EXPORTER is "${exporter}": only otlp and none are known here, so no span is sent.`,
    );
    return false;
  }
  if (exporter === 'none' || !(hasEndpoint || exporter === 'otlp')) return false;
  const protocol =
    environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc') {
    warnings.push(
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc": spans travel as JSON over HTTP here, so none is sent. Write http/json, and the port for HTTP, usually 4318.',
    );
    return false;
  }
  return true;
}

function prometheusAddress(environment: Environment): string | null {
  if (!environment['OTEL_METRICS_EXPORTER']?.split(',').includes('prometheus')) return null;
  const host = environment['OTEL_EXPORTER_PROMETHEUS_HOST'] || '127.0.0.1';
  const port = environment['OTEL_EXPORTER_PROMETHEUS_PORT'] || '9464';
  return `${host === 'localhost' ? '127.0.0.1' : host}:${port}`;
}
