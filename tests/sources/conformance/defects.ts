import { SourceError, type SourceErrorCode } from '../../../sources/source-error.ts';
import type { Ask, RawAnswer, Resource, SourceAccess, SourceRow } from '../../../sources/source.ts';
import { addDays, type PartitionDate } from '../../../workflows/pure/cell.ts';
import { rightKey } from './stage.ts';
import { week } from './subject.ts';

/** Breaks a resource in one way. */
export type Defect = (sound: Resource) => Resource;

/** A claim that no defect breaks would be none: here is one for each, by the claim's title, or several. */
export type Defects = Readonly<Record<string, readonly Defect[]>>;

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

function sendWith(change: (access: SourceAccess) => SourceAccess): Defect {
  return (sound) => ({ ...sound, send: (request, access) => sound.send(request, change(access)) });
}

/** Passes errors on as somebody else would have thrown them. */
function throwing(change: (error: SourceError, access: SourceAccess) => SourceError): Defect {
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

function calling(from: SourceErrorCode, to: SourceErrorCode): Defect {
  return throwing((error) => (error.code === from ? new SourceError(to, error.message, error.facts) : error));
}

function withRows(
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

function times(column: string, factor: number): Defect {
  return withRows((rows) => rows.map((row) => ({ ...row, [column]: Number(row[column]) * factor })));
}

const filledForward = withRows((rows, again, date) => (rows.length > 0 ? rows : again(addDays(date, -1))));

/** Refuses a whole page for what is the matter of one cell, or of none. */
function pickyAbout(isWrong: (text: string, rowCount: number) => boolean): Defect {
  return (sound) => ({
    ...sound,
    readPage: (page, ask) => {
      const content = sound.readPage(page, ask);
      if (!isWrong(textOf(page.body), content.rowCount)) return content;
      throw new SourceError('WrongShape', 'Reading something: it is picky. Be less so.');
    },
  });
}

const credulous: Defect = (sound) => ({
  ...sound,
  readPage: (page, ask) => {
    try {
      return sound.readPage(page, ask);
    } catch {
      return { rowCount: 0 };
    }
  },
});

const following: Defect = (sound) => ({
  ...sound,
  send: async ({ target }, { baseUrl }): Promise<RawAnswer> => {
    const response = await fetch(baseUrl + target);
    return { status: 200, contentType: null, body: new Uint8Array(await response.arrayBuffer()) };
  },
});

/** What breaks the claims on any conversation. */
export const commonDefects: Defects = {
  'a row has the columns of the contract, each of them and no other': [
    withRows((rows) => rows.map((row) => ({ ...row, unheard: 1 }))),
    withRows((rows) => rows.map(({ volume: _, ...row }) => row)),
  ],
  'a number is a number, however the API writes it, and a text is a text': [
    withRows((rows) => rows.map((row) => ({ ...row, volume: String(row['volume']) }))),
  ],
  'a missing or a wrong key is a mistake, and the right one passes': [
    sendWith((access) => ({ ...access, apiKey: rightKey })),
    calling('KeyRefused', 'SourceUnavailable'),
  ],
  'a key that no header can carry is refused before anything is sent': [
    sendWith(({ apiKey = '', ...rest }) => ({ ...rest, apiKey: encodeURIComponent(apiKey) })),
  ],
  'what a plan or a place may not have is a mistake': [
    calling('RangeRefused', 'KeyRefused'),
    calling('RangeRefused', 'SourceUnavailable'),
  ],
  'a 429 is a limit whatever its body, and says how long to wait where the API does': [
    calling('RateLimited', 'RequestRefused'),
    throwing(({ code, message }) => new SourceError(code, message)),
    throwing(({ code, message }) => new SourceError(code, message, { retryAfterMs: 7_000 })),
  ],
  'its own limit, in its own words, is a limit too': [calling('RateLimited', 'SourceUnavailable')],
  'a 200 with anything but its data is refused and tried again, its bytes kept': [credulous],
  'half an answer is no answer': [credulous, calling('SourceUnavailable', 'RequestRefused')],
  'an outage is tried again: 5xx, a dropped connection, an answer that does not come': [
    calling('SourceUnavailable', 'RequestRefused'),
    sendWith((access) => ({ ...access, timeoutMs: 300_000, signal: AbortSignal.timeout(100) })),
  ],
  'a request that is called off ends with the reason it was called off for': [
    sendWith(({ signal: _, ...access }) => access),
  ],
  'an answer beyond the size that is allowed is not read to its end': [
    sendWith((access) => ({ ...access, maxBytes: 1e9 })),
  ],
  'a key travels in a header, where the API takes one, and in no address': [
    (sound) => ({
      ...sound,
      send: ({ target }, access) => sound.send({ target: `${target}&code=${access.apiKey ?? ''}` }, access),
    }),
    sendWith(({ apiKey: _, ...access }) => access),
  ],
  'a key that an API repeats is in no message, no kept byte and no cause': [
    throwing(
      ({ code, message, facts }, { apiKey }) =>
        new SourceError(code, message, { ...facts, cause: new Error(apiKey) }),
    ),
    throwing(
      ({ code, message, facts }, { apiKey }) =>
        new SourceError(code, message, { ...facts, body: Buffer.from(apiKey ?? '') }),
    ),
  ],
  'it is not followed where it points elsewhere': [following],
};

/** What breaks the claims on ranges. */
export const rangeDefects: Defects = {
  'the longest range that is asked at once comes whole: each day under its own date, in the contract’s units':
    [
      times('close', 100),
      withRows((_, again, date) => again(addDays(date, 1))),
      (sound) => ({
        ...sound,
        rowsOfCell: (pages, ask, cell) => sound.rowsOfCell(pages, openEnded(ask), cell),
        readPage: (page, ask) => sound.readPage(page, openEnded(ask)),
      }),
    ],
  'what is told of a day is in that day’s cell and in no other': [
    withRows((rows, again, date) => [...again(addDays(date, -1)), ...rows]),
    withRows((_, again, date) => again(addDays(date, -1))),
  ],
  'pages are followed to the last one, and together they hold what one would': [
    (sound) => ({
      ...sound,
      readPage: (page, ask) => ({ rowCount: sound.readPage(page, ask).rowCount }),
    }),
  ],
  'a day that an answer leaves out has no row, and its neighbours have theirs': [filledForward],
  'a range without a single row is told apart from an outage': [pickyAbout((_, rowCount) => rowCount === 0)],
  'a closed day is given no other day’s price': [
    withRows((rows, _, date) => (/-1[45]$/.test(date) ? [] : rows)),
  ],
  'a symbol that it does not know has no row, and is no outage': [
    calling('SymbolUnknown', 'SourceUnavailable'),
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask, { ...cell, symbol: ask.kind === 'range' ? ask.symbol : cell.symbol }),
    }),
  ],
  'a symbol stays in its place: it neither climbs in the path nor adds a parameter': [
    (sound) => ({
      ...sound,
      firstPage: (ask) => {
        const { target } = sound.firstPage({ ...ask, ...(ask.kind === 'range' ? { symbol: 'SYMBOL' } : {}) });
        return { target: target.replace('SYMBOL', ask.kind === 'range' ? ask.symbol : '') };
      },
    }),
  ],
  'days before its history are refused for good, and never answered with others': [
    (sound) => ({ ...sound, firstPage: (ask) => sound.firstPage({ ...ask, ...week }) }),
    calling('RangeRefused', 'SourceUnavailable'),
  ],
  'days that an answer silently leaves off its beginning have no row': [
    withRows((rows, again) => (rows.length > 0 ? rows : again(week.to))),
  ],
  'a number that cannot be a price reaches the audit of its own cell, and takes no other day along': [
    pickyAbout((text) => text.includes(':null')),
    withRows((rows) => rows.filter(({ close }) => Number(close) !== 0)),
  ],
};

/** Takes the running day for one that is over. */
function openEnded(ask: Ask): Ask {
  return ask.kind === 'range' ? { ...ask, today: '2026-12-31' } : ask;
}

/** What breaks the claim on closed days, of a market that closes. */
export const closedDayDefects: Defects = {
  'a closed day is given no other day’s price': [filledForward, pickyAbout((_, rowCount) => rowCount === 0)],
};

/** What breaks the claims on whole days of a market. */
export const groupedDefects: Defects = {
  'a whole day holds of each symbol what its range would, for that day alone': [
    times('close', 100),
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask, { ...cell, date: ask.kind === 'grouped' ? ask.date : cell.date }),
    }),
  ],
  'a whole day has no row of a symbol that is not in it': [
    withRows((rows) => (rows.length > 0 ? rows : [{ close: 1 }])),
  ],
  'a whole day on which the market was closed is no outage and has no row': [
    pickyAbout((_, rowCount) => rowCount === 0),
  ],
};

/** What breaks the claims on snapshots. */
export const snapshotDefects: Defects = {
  'the first so many are all there, each once and in rank order, over as many pages as that takes': [
    ({ nextPage: _, ...sound }) => sound,
    (sound) => ({
      ...sound,
      membersOf: (pages, ask) => {
        const { ids = [], repeated = [] } = sound.membersOf?.(pages, ask) ?? {};
        return { ids: ids.toReversed(), repeated };
      },
    }),
  ],
  'a ranking that moves between two pages brings no coin twice, loses none in silence, and says so': [
    (sound) => ({
      ...sound,
      membersOf: (pages, ask) => ({ ids: sound.membersOf?.(pages, ask).ids ?? [], repeated: [] }),
    }),
    (sound) => ({
      ...sound,
      nextPage: (pages, ask) => (pages.length === 2 ? undefined : sound.nextPage?.(pages, ask)),
    }),
  ],
  'a member’s row holds its last 24 hours in the contract’s units': [
    times('price', 100),
    times('volume', 0.01),
  ],
  'a page of another UTC day is refused and tried again, the day before and the day after, to the minute': [
    (sound) => ({
      ...sound,
      readPage: (page, ask) => {
        const [, date = ''] = /"last_updated":"([\d-]{10})/.exec(textOf(page.body)) ?? [];
        return sound.readPage(page, ask.kind === 'snapshot' ? { ...ask, date } : ask);
      },
      nextPage: () => undefined,
    }),
  ],
  'a past day cannot be asked for, and no cell of another day is found in it': [
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask, { ...cell, date: ask.kind === 'snapshot' ? ask.date : cell.date }),
    }),
  ],
  'who is not among them has no row, though the answer may name more': [
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask.kind === 'snapshot' ? { ...ask, top: 1_000 } : ask, cell),
      firstPage: (ask) => sound.firstPage(ask.kind === 'snapshot' ? { ...ask, top: 20 } : ask),
    }),
  ],
  'a coin that the answer leaves out is no member, and its place is filled': [
    (sound) => ({
      ...sound,
      nextPage: (pages, ask) =>
        textOf(pages[0]?.body ?? new Uint8Array()).split('"market_cap_rank"').length <= 250
          ? undefined
          : sound.nextPage?.(pages, ask),
    }),
  ],
  'a number that cannot be a price reaches the audit of its own cell, and takes no other coin along': [
    pickyAbout((text) => text.includes('"current_price":null')),
    withRows((rows) => rows.map((row) => ({ ...row, price: row['price'] ?? 0 }))),
  ],
};
