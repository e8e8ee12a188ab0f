import { describe, expect, it } from 'vitest';
import {
  telemetrySchema,
  telemetrySettings,
  type TelemetrySettings,
} from '../../telemetry/telemetry-settings.ts';

const off = { metrics: null, log: { level: 'info', format: 'auto' } } as const;
const read = (environment: Record<string, string>, file = {}): TelemetrySettings =>
  telemetrySettings({ ...off, ...file }, environment);

describe('without a word of anybody', () => {
  it('no metric, no span and no warning is made', () => {
    expect(read({})).toMatchObject({ metricsAddress: null, isTraced: false, warnings: [] });
  });
});

describe('spans are sent', () => {
  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_TRACES_EXPORTER: 'otlp' }, true],
  ])('with %j: %j', (environment, isTraced) => {
    expect(read(environment)).toMatchObject({ isTraced, warnings: [] });
  });

  it('never over what is not known here, and a warning says so', () => {
    expect(read({ OTEL_TRACES_EXPORTER: 'zipkin' })).toMatchObject({
      isTraced: false,
      warnings: [expect.stringMatching(/OTEL_TRACES_EXPORTER is "zipkin": only otlp and none/)],
    });
    expect(read({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toMatchObject({
      isTraced: false,
      warnings: [expect.stringMatching(/Write http\/json, and the port for HTTP/)],
    });
  });
});

describe('metrics are read at', () => {
  it.each([
    ['the address of the file', {}, { metrics: '127.0.0.1:9999' }, '127.0.0.1:9999'],
    ['the specification’s own address', { OTEL_METRICS_EXPORTER: 'prometheus' }, {}, '127.0.0.1:9464'],
    [
      'the address of the variables',
      {
        OTEL_METRICS_EXPORTER: 'prometheus',
        OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0',
        OTEL_EXPORTER_PROMETHEUS_PORT: '9500',
      },
      { metrics: '127.0.0.1:9999' },
      '0.0.0.0:9500',
    ],
    ['no address, for another exporter', { OTEL_METRICS_EXPORTER: 'otlp' }, {}, null],
    [
      'the address of the file, where the variables are disabled',
      { OTEL_SDK_DISABLED: 'TRUE', OTEL_METRICS_EXPORTER: 'prometheus' },
      { metrics: '127.0.0.1:1' },
      '127.0.0.1:1',
    ],
  ])('%s', (_title, environment, file, address) => {
    expect(read(environment, file).metricsAddress).toBe(address);
  });

  it.each(['9464', '127.0.0.1', '127.0.0.1:99999', 'http://127.0.0.1:9464'])(
    'no address like %s',
    (metrics) => {
      expect(telemetrySchema.safeParse({ ...off, metrics }).success).toBe(false);
    },
  );
});
