import type { Question } from './answer.ts';
import { type Fault, type FaultKind, type FaultOf, type OrderedFault, faultSchema } from './faults.ts';

/** The faults that are still to happen, in the order in which they were ordered. */
export interface FaultBox {
  /** Adds a fault. @throws ZodError where it is none. */
  order(fault: Fault): void;
  clear(): void;
  /** What is still to happen, with the times that are left. */
  list(): readonly OrderedFault[];
  /** Finds the first fault of these kinds that befalls a request, and counts it as happened. */
  take<Kind extends FaultKind>(question: Question, ...kinds: readonly Kind[]): FaultOf<Kind> | undefined;
  /** Finds every lie about one asset on these days that befalls a request, and counts each as told. */
  takePatches(question: Question, symbol: string, dates: ReadonlySet<string>): FaultOf<'patch-bar'>[];
  /** Finds every order that rescales one asset and befalls a request, and counts each as told. */
  takeRescalings(question: Question, symbol: string): FaultOf<'rescale'>[];
}

function befalls(fault: OrderedFault, question: Question): boolean {
  const { source, pathIncludes } = fault.match ?? {};
  if (source !== undefined && source !== question.source) return false;
  if (pathIncludes === undefined) return true;
  return question.target.includes(pathIncludes) || question.segments.join('/').includes(pathIncludes);
}

function isOfKind<Kind extends FaultKind>(
  fault: OrderedFault,
  kinds: readonly Kind[],
): fault is FaultOf<Kind> {
  return (kinds as readonly FaultKind[]).includes(fault.kind);
}

/** Makes an empty box. */
export function createFaultBox(): FaultBox {
  let faults: OrderedFault[] = [];
  const countDown = (taken: OrderedFault): void => {
    faults = faults.flatMap((fault) => {
      if (fault !== taken || fault.times === null) return [fault];
      return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
    });
  };
  return {
    order: (fault) => void faults.push(faultSchema.parse(fault)),
    clear: () => void (faults = []),
    list: () => faults,
    take(question, ...kinds) {
      for (const fault of faults) {
        if (!isOfKind(fault, kinds) || !befalls(fault, question)) continue;
        countDown(fault);
        return fault;
      }
      return undefined;
    },
    takePatches(question, symbol, dates) {
      const told = faults.filter(
        (fault): fault is FaultOf<'patch-bar'> =>
          isOfKind(fault, ['patch-bar']) &&
          befalls(fault, question) &&
          fault.symbol === symbol &&
          dates.has(fault.date),
      );
      told.forEach(countDown);
      return told;
    },
    takeRescalings(question, symbol) {
      const told = faults.filter(
        (fault): fault is FaultOf<'rescale'> =>
          isOfKind(fault, ['rescale']) && befalls(fault, question) && fault.symbol === symbol,
      );
      told.forEach(countDown);
      return told;
    },
  };
}
