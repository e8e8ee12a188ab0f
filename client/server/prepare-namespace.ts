import type { Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** Something a namespace lacks and that we could not give it. */
export interface MissingSetup {
  /** The search attribute's name. */
  readonly name: string;
  /** What is missing, why, and the command that a person with the right can run. */
  readonly sentence: string;
}

/** `Keyword`, as the API's enum of indexed value types counts it. */
const keywordType = 2;

const alreadyExists = 6;

/** gRPC answers that a person has to mend; others (server away, deadline) are the caller's to retry. */
const refusals: ReadonlyMap<number, string> = new Map([
  [3, 'the server refuses it'],
  [7, 'we have no permission'],
  [8, 'the server has no slot left for it'],
  [9, 'the server refuses it'],
  [12, 'the server does not offer it'],
  [16, 'the server does not know us'],
]);

/**
 * Makes a namespace ready for our runs: search attributes (all Keyword) are there and, where we are asked to
 * (on a server we started ourselves), closed runs stay longer. Running it twice changes nothing. What a person
 * must do is returned, not thrown: a lake works without the attributes, only the list in the UI cannot be filtered.
 */
export async function prepareNamespace(
  connection: Connection,
  namespace: string,
  searchAttributes: readonly string[],
  options: { readonly retentionDays?: number } = {},
): Promise<readonly MissingSetup[]> {
  if (options.retentionDays !== undefined) await keepRunsFor(connection, namespace, options.retentionDays);
  let open = searchAttributes;
  try {
    const known = await knownAttributes(connection, namespace);
    open = searchAttributes.filter((name) => known[name] !== keywordType);
    const absent = open.filter((name) => known[name] === undefined);
    if (absent.length > 0) await addAttributes(connection, namespace, absent);
    return open
      .filter((name) => known[name] !== undefined)
      .map((name) =>
        missing(namespace, name, 'it is there with another type, which has to be removed first'),
      );
  } catch (error) {
    const reason = isGrpcServiceError(error) ? refusals.get(error.code) : undefined;
    if (reason === undefined || !isGrpcServiceError(error)) throw error;
    return open.map((name) => missing(namespace, name, `${reason} (${error.details})`));
  }
}

/** Raises the namespace's retention; a longer one that somebody set is left alone. */
async function keepRunsFor(connection: Connection, namespace: string, days: number): Promise<void> {
  const seconds = days * 86_400;
  const described = await connection.workflowService.describeNamespace({ namespace });
  const current = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (current >= seconds) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(seconds * 1000) },
  });
}

async function knownAttributes(connection: Connection, namespace: string): Promise<Record<string, number>> {
  const listed = await connection.operatorService.listSearchAttributes({ namespace });
  return { ...listed.systemAttributes, ...listed.customAttributes };
}

/** Adds attributes one request at once; a race that another process won is a success. */
async function addAttributes(
  connection: Connection,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, keywordType]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === alreadyExists) return;
    throw error;
  }
}

function missing(namespace: string, name: string, reason: string): MissingSetup {
  const command = `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`;
  return { name, sentence: `Search attribute ${name} is missing: ${reason}. Run: ${command}` };
}
