import type { ClientInterceptors } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Hide } from './hiding.ts';
import type { Subject } from './subject.ts';

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

/** Who makes spans, and what is hidden from them. */
export interface TracedProcess {
  readonly service: string;
  readonly hide: Hide;
  /** Told what the exporter complains about. */
  readonly complain: (sentence: string) => void;
}
