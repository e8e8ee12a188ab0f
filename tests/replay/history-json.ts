import protos from '@temporalio/proto';

const { History } = protos.temporal.api.history.v1;

/**
 * Histories as JSON and back. The SDK's own `historyToJSON` and `historyFromJSON` compare classes across two copies
 * of protobufjs, which npm installs side by side, and refuse everything; these stay within one copy.
 */
export type RecordedHistory = ReturnType<typeof History.fromObject>;

/**
 * Turns the history of one execution into plain JSON: enums by name, bytes in base64. A reset execution's history
 * begins with a copy of the first one's, so it names the wrong run id; a replay knows no other, and our workflows
 * ask for it, hence the right one is written in.
 */
export function historyToPlain(history: object, runId: string): unknown {
  const copy = History.fromObject(history);
  const started = copy.events[0]?.workflowExecutionStartedEventAttributes;
  if (started) started.originalExecutionRunId = runId;
  return History.toObject(copy, { enums: String, longs: String, bytes: String });
}

/** Reads a history that `historyToPlain` wrote. */
export function historyFromPlain(plain: unknown): RecordedHistory {
  if (typeof plain !== 'object' || plain === null) throw new TypeError('A recorded history is an object');
  return History.fromObject(plain);
}
