import type { Ask } from '../../../sources/source.ts';
import { addDays } from '../../../workflows/pure/cell.ts';
import { by, calling, filledForward, pickyAbout, times, withRows, type Defects } from './defects.ts';
import { week } from './subject.ts';

/** What breaks the claims on ranges. */
export const rangeDefects: Defects = {
  'the longest range that is asked at once comes whole: each day under its own date, in the contract’s units':
    by(
      times('close', 100),
      withRows((_, again, date) => again(addDays(date, 1))),
      (sound) => ({
        ...sound,
        rowsOfCell: (pages, ask, cell) => sound.rowsOfCell(pages, openEnded(ask), cell),
        readPage: (page, ask) => sound.readPage(page, openEnded(ask)),
      }),
    ),
  'what is told of a day is in that day’s cell and in no other': by(
    withRows((rows, again, date) => [...again(addDays(date, -1)), ...rows]),
    withRows((_, again, date) => again(addDays(date, -1))),
  ),
  'pages are followed to the last one, and together they hold what one would': by((sound) => ({
    ...sound,
    readPage: (page, ask) => ({ rowCount: sound.readPage(page, ask).rowCount }),
  })),
  'a day that an answer leaves out has no row, and its neighbours have theirs': by(filledForward),
  'a range without a single row is told apart from an outage': by(
    pickyAbout((_, rowCount) => rowCount === 0),
  ),
  'a closed day is given no other day’s price': by(
    withRows((rows, _, date) => (/-1[45]$/.test(date) ? [] : rows)),
  ),
  'a symbol that it does not know has no row, and is no outage': by(
    calling('SymbolUnknown', 'SourceUnavailable'),
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask, { ...cell, symbol: ask.kind === 'range' ? ask.symbol : cell.symbol }),
    }),
  ),
  'a symbol stays in its place: it neither climbs in the path nor adds a parameter': by((sound) => ({
    ...sound,
    firstPage: (ask) => {
      const { target } = sound.firstPage({ ...ask, ...(ask.kind === 'range' ? { symbol: 'SYMBOL' } : {}) });
      return { target: target.replace('SYMBOL', ask.kind === 'range' ? ask.symbol : '') };
    },
  })),
  'days before its history are refused for good, and never answered with others': by(
    (sound) => ({ ...sound, firstPage: (ask) => sound.firstPage({ ...ask, ...week }) }),
    calling('RangeRefused', 'SourceUnavailable'),
  ),
  'days that an answer silently leaves off its beginning have no row': by(
    withRows((rows, again) => (rows.length > 0 ? rows : again(week.to))),
  ),
  'a number that cannot be a price reaches the audit of its own cell, and takes no other day along': by(
    pickyAbout((text) => text.includes(':null')),
    withRows((rows) => rows.filter(({ close }) => Number(close) !== 0)),
  ),
};

/** What breaks the claim on closed days, of a market that closes. */
export const closedDayDefects: Defects = {
  'a closed day is given no other day’s price': by(
    filledForward,
    pickyAbout((_, rowCount) => rowCount === 0),
  ),
};

/** What breaks the claims on whole days of a market. */
export const groupedDefects: Defects = {
  'a whole day holds of each symbol what its range would, for that day alone': by(
    times('close', 100),
    (sound) => ({
      ...sound,
      rowsOfCell: (pages, ask, cell) =>
        sound.rowsOfCell(pages, ask, { ...cell, date: ask.kind === 'grouped' ? ask.date : cell.date }),
    }),
  ),
  'a whole day has no row of a symbol that is not in it': by(
    withRows((rows) => (rows.length > 0 ? rows : [{ close: 1 }])),
  ),
  'a whole day on which the market was closed is no outage and has no row': by(
    pickyAbout((_, rowCount) => rowCount === 0),
  ),
};

/** Takes the running day for one that is over. */
function openEnded(ask: Ask): Ask {
  return ask.kind === 'range' ? { ...ask, today: '2026-12-31' } : ask;
}
