import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { quotaDetails, quotaLeft, type QuotaLeft } from './pure/quota/left.ts';
import {
  emptyLedger,
  isPermitAsk,
  type Ledger,
  type Permit,
  type PermitAsk,
  type QuotaLimits,
} from './pure/quota/ledger.ts';
import { holdBack, leaveLine, takePermit } from './pure/quota/take.ts';

/** What a ledger goes on with after its history was begun anew; nothing at its very start. */
export interface QuotaInput {
  readonly ledger?: Ledger;
}

/** Asks for leave to send one request. */
export const takePermitUpdate = defineUpdate<Permit, [PermitAsk]>('takePermit');
/** Takes a request (by its id) out of the line. */
export const leaveLineUpdate = defineUpdate<void, [string]>('leaveLine');
/** Holds everybody back for so many milliseconds. */
export const holdBackUpdate = defineUpdate<void, [number]>('holdBack');
/** Asks what is left at an instant (ms), by given limits or those that the ledger was told last. */
export const leftQuery = defineQuery<QuotaLeft, [number, QuotaLimits?]>('left');

/**
 * The ledger of one key: counts every request sent with it, by whatever run of whatever lake, and says when the
 * next may be sent. It never ends. It takes no step and sets no timer, only answers: so its history is the same
 * in every version, and workers of several versions may serve it. Its clock is the server's.
 */
export async function quota(input: QuotaInput): Promise<never> {
  let ledger = input.ledger ?? emptyLedger;
  const keep = (next: Ledger): void => {
    ledger = next;
    setCurrentDetails(quotaDetails(quotaLeft(ledger, Date.now())));
  };
  setHandler(
    takePermitUpdate,
    (ask) => {
      const { ledger: next, permit } = takePermit(ledger, ask, Date.now());
      keep(next);
      return permit;
    },
    { validator: (ask) => refuseUnless(isPermitAsk(ask), 'takePermit takes one PermitAsk') },
  );
  setHandler(leaveLineUpdate, (id) => keep(leaveLine(ledger, id)));
  setHandler(holdBackUpdate, (forMs) => keep(holdBack(ledger, forMs, Date.now())), {
    description: 'Holds every request with this key back for so many milliseconds',
    validator: (forMs) => refuseUnless(forMs >= 0, 'holdBack takes a number of milliseconds'),
  });
  setHandler(leftQuery, (atMs, limits) => quotaLeft(ledger, atMs, limits));
  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  return continueAsNew<typeof quota>({ ledger });
}

/** An error in a handler would stop the ledger for everybody; a refused update leaves no trace. */
function refuseUnless(isGood: boolean, message: string): void {
  if (!isGood) throw ApplicationFailure.nonRetryable(message, 'WrongUse');
}
