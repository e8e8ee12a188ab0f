import { SourceError, type SourceErrorCode } from '../../../sources/source-error.ts';
import type { RawAnswer, Resource, SourceAccess, SourceRow } from '../../../sources/source.ts';
import { addDays, type PartitionDate } from '../../../workflows/pure/cell.ts';

/** Breaks a resource in one way. */
export type Defect = (sound: Resource) => Resource;

/** A claim that no defect breaks would be none: here is one for each, by the claim's title, or several. */
export type Defects = Readonly<Record<string, readonly Defect[]>>;

/** The text of a body. */
export const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

/** Sends with another access than the one given. */
export function sendWith(change: (access: SourceAccess) => SourceAccess): Defect {
  return (sound) => ({ ...sound, send: (request, access) => sound.send(request, change(access)) });
}

/** Passes errors on as somebody else would have thrown them. */
export function throwing(change: (error: SourceError, access: SourceAccess) => SourceError): Defect {
  return (sound) => ({
    ...sound,
    send: async (request, access) => {
      try {
        return await sound.send(request, access);
      } catch (error) {
        throw error instanceof SourceError ? change(error, access) : error;
      }
    },
  });
}

/** Calls one kind of trouble by the name of another. */
export function calling(from: SourceErrorCode, to: SourceErrorCode): Defect {
  return throwing((error) => (error.code === from ? new SourceError(to, error.message, error.facts) : error));
}

/** Hands on other rows than those that are there; `again` tells what another day has. */
export function withRows(
  change: (
    rows: SourceRow[],
    again: (date: PartitionDate) => SourceRow[],
    date: PartitionDate,
  ) => SourceRow[],
): Defect {
  return (sound) => ({
    ...sound,
    rowsOfCell: (pages, ask, cell) => {
      const again = (date: PartitionDate): SourceRow[] => sound.rowsOfCell(pages, ask, { ...cell, date });
      return change(again(cell.date), again, cell.date);
    },
  });
}

/** Counts a column in another unit. */
export function times(column: string, factor: number): Defect {
  return withRows((rows) => rows.map((row) => ({ ...row, [column]: Number(row[column]) * factor })));
}

/** Fills a day without a row with that of the day before. */
export const filledForward = withRows((rows, again, date) =>
  rows.length > 0 ? rows : again(addDays(date, -1)),
);

/** Refuses a whole page for what is the matter of one cell, or of none. */
export function pickyAbout(isWrong: (text: string, rowCount: number) => boolean): Defect {
  return (sound) => ({
    ...sound,
    readPage: (page, ask) => {
      const content = sound.readPage(page, ask);
      if (!isWrong(textOf(page.body), content.rowCount)) return content;
      throw new SourceError('WrongShape', 'Reading something: it is picky. Be less so.');
    },
  });
}

/** Takes what it cannot read for an answer without rows. */
export const credulous: Defect = (sound) => ({
  ...sound,
  readPage: (page, ask) => {
    try {
      return sound.readPage(page, ask);
    } catch {
      return { rowCount: 0 };
    }
  },
});

/** Sends by itself, and follows where it is pointed. */
export const following: Defect = (sound) => ({
  ...sound,
  send: async ({ target }, { baseUrl }): Promise<RawAnswer> => {
    const response = await fetch(baseUrl + target);
    return { status: 200, contentType: null, body: new Uint8Array(await response.arrayBuffer()) };
  },
});

/** Lists the defects that break one claim. */
export function by(...defects: readonly Defect[]): readonly Defect[] {
  return defects;
}
