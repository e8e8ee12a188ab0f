import type { WorkflowPlaces } from '../../report/links.ts';
import { temporalConnection } from '../../settings.ts';
import type { OpenLake } from './lake-client.ts';

/** Where the Web UI shows the workflows of a lake, as far as the lake itself knows; no server is asked. */
export function workflowPlaces(open: OpenLake): WorkflowPlaces {
  const address = open.settings.temporalAddress ?? open.runtime?.temporal.address;
  const { namespace = 'default' } = temporalConnection(address);
  return { uiUrl: open.runtime?.temporal.uiUrl ?? null, namespace, lakeId: open.lake.id };
}
