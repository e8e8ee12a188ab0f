/** Where the Temporal UI shows the workflows of a lake. */
export interface WorkflowPlaces {
  /** Null where no UI is known: ids then stand as text. */
  readonly uiUrl: string | null;
  readonly namespace: string;
  /** The lake's id, which opens every workflow id; records leave it out. */
  readonly lakeId: string;
}

/** The page of a workflow in the Temporal UI, of one execution where its run id is known. */
export function workflowUrl(
  places: WorkflowPlaces,
  workflowId: string | null,
  workflowRunId: string | null = null,
): string | null {
  if (places.uiUrl === null || workflowId === null || !/^https?:\/\//.test(places.uiUrl)) return null;
  const id = encodeURIComponent(`${places.lakeId}/${workflowId}`);
  const execution = workflowRunId === null ? '' : `/${encodeURIComponent(workflowRunId)}/history`;
  return `${places.uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(places.namespace)}/workflows/${id}${execution}`;
}
