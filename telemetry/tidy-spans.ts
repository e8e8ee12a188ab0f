import type { Attributes, AttributeValue, Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Hide } from './hiding.ts';
import { subjectOfWorkflow, type Subject } from './subject.ts';

/** Looking at a run is no part of it: a command that follows one asks twice a second. */
const lookings = /^(QueryWorkflow|HandleQuery|DescribeWorkflow)\b/;

/** What the SDK's spans say of themselves, under the names we give it; everything else they carry is dropped. */
const ownNames: Readonly<Record<string, string>> = {
  temporalWorkflowId: 'workflow.id',
  workflowId: 'workflow.id',
  run_id: 'workflow.run_id',
  runId: 'workflow.run_id',
  temporalActivityId: 'activity.id',
  attempt: 'attempt',
};

const subjectPrefix = 'marketlake.';

/** A subject as a span's attributes: `marketlake.run`, `marketlake.ticker` and so on. */
export function attributesOf(subject: Subject): Attributes {
  return Object.fromEntries(
    Object.entries(subject).map(([name, value]) => [`${subjectPrefix}${name}`, value as string]),
  );
}

/** Stands before the exporter: drops what only looks, keeps the attributes we mean, and hides secrets. */
export class TidySpans implements SpanProcessor {
  constructor(
    private readonly next: SpanProcessor,
    private readonly hide: Hide,
  ) {}

  onStart(span: Span, context: Context): void {
    this.next.onStart(span, context);
  }

  onEnd(span: ReadableSpan): void {
    if (lookings.test(span.name)) return;
    replaceAll(span.attributes, tidyAttributes(span.attributes));
    this.#hideIn(span.attributes);
    for (const { attributes } of span.events) if (attributes) this.#hideIn(attributes);
    if (span.status.message !== undefined) span.status.message = this.hide(span.status.message);
    this.next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.next.shutdown();
  }

  #hideIn(attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'string') attributes[name] = this.hide(value);
    }
  }
}

function tidyAttributes(attributes: Attributes): Attributes {
  const named = Object.entries(attributes).flatMap(
    ([name, value]): [string, AttributeValue | undefined][] => {
      const known = ownNames[name] ?? (name.startsWith(subjectPrefix) ? name : undefined);
      return known === undefined ? [] : [[known, value]];
    },
  );
  const own: Attributes = Object.fromEntries(named);
  const workflowId = own['workflow.id'];
  const subject = typeof workflowId === 'string' ? subjectOfWorkflow(workflowId) : {};
  return { ...attributesOf({ ...runOf(attributes), ...subject }), ...own };
}

/** A workflow's span carries what the SDK knows of it, and with it the search attribute that names its run. */
function runOf(attributes: Readonly<Record<string, unknown>>): Subject {
  const searchAttributes = attributes['searchAttributes'] as
    { readonly Run?: readonly unknown[] } | undefined;
  const run = searchAttributes?.Run?.[0];
  return typeof run === 'string' ? { run } : {};
}

function replaceAll(attributes: Attributes, by: Attributes): void {
  for (const name of Object.keys(attributes)) if (!(name in by)) delete attributes[name];
  Object.assign(attributes, by);
}
