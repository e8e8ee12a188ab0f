import { by, pickyAbout, textOf, times, withRows, type Defects } from './defects.ts';

/** What breaks the claims on snapshots. */
export const snapshotDefects: Defects = {
  'the first so many are all there, each once and in rank order, over as many pages as that takes': by(
    (sound) => ({ ...sound, nextPage: () => undefined }),
    (sound) => ({
      ...sound,
      membersOf: (pages, ask) => {
        const { ids = [], repeated = [] } = sound.membersOf?.(pages, ask) ?? {};
        return { ids: ids.toReversed(), repeated };
      },
    }),
  ),
  'a ranking that moves between two pages brings no coin twice, loses none in silence, and says so': by(
    (sound) => ({
      ...sound,
      membersOf: (pages, ask) => ({ ids: sound.membersOf?.(pages, ask).ids ?? [], repeated: [] }),
    }),
    (sound) => ({
      ...sound,
      nextPage: (pages, ask) => (pages.length === 2 ? undefined : sound.nextPage?.(pages, ask)),
    }),
  ),
  'a member’s row holds its last 24 hours in the contract’s units': by(
    times('price', 100),
    times('volume', 0.01),
  ),
  'a page of another UTC day is refused and tried again, the day before and the day after, to the minute': by(
    (sound) => ({
      ...sound,
      readPage: (page, ask) => {
        const [, date = ''] = /"last_updated":"([\d-]{10})/.exec(textOf(page.body)) ?? [];
        return sound.readPage(page, ask.kind === 'snapshot' ? { ...ask, date } : ask);
      },
      nextPage: () => undefined,
    }),
  ),
  'a past day cannot be asked for, and no cell of another day is found in it': by((sound) => ({
    ...sound,
    rowsOfCell: (pages, ask, cell) =>
      sound.rowsOfCell(pages, ask, { ...cell, date: ask.kind === 'snapshot' ? ask.date : cell.date }),
  })),
  'who is not among them has no row, though the answer may name more': by((sound) => ({
    ...sound,
    rowsOfCell: (pages, ask, cell) =>
      sound.rowsOfCell(pages, ask.kind === 'snapshot' ? { ...ask, top: 1_000 } : ask, cell),
    firstPage: (ask) => sound.firstPage(ask.kind === 'snapshot' ? { ...ask, top: 20 } : ask),
  })),
  'a coin that the answer leaves out is no member, and its place is filled': by((sound) => ({
    ...sound,
    nextPage: (pages, ask) =>
      textOf(pages[0]?.body ?? new Uint8Array()).split('"market_cap_rank"').length <= 250
        ? undefined
        : sound.nextPage?.(pages, ask),
  })),
  'a number that cannot be a price reaches the audit of its own cell, and takes no other coin along': by(
    pickyAbout((text) => text.includes('"current_price":null')),
    withRows((rows) => rows.map((row) => ({ ...row, price: row['price'] ?? 0 }))),
  ),
};
