import type { CellStanding } from '../run/cells-of-request.ts';
import { midnightUtcMs, type PartitionDate } from '../../workflows/pure/cell.ts';
import { paintedGlyph } from './glyphs.ts';

/** How a grid is drawn. */
export interface GridLook {
  /** Columns that a line may take. */
  readonly width: number;
  readonly isColoured: boolean;
}

/** More tickers than this stand better one below the other. */
const mostAcross = 20;
const gap = 2;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A cell's character by ticker and date; a space where the range has no such cell. */
type Look = (ticker: string, date: PartitionDate) => string;

/**
 * Draws cells as a grid: dates down and tickers across where they fit, else tickers down and dates across,
 * cut into stretches that fit the width.
 */
export function gridLines(cells: readonly CellStanding[], look: GridLook): string[] {
  const tickers = [...new Set(cells.map((cell) => cell.ticker))];
  const dates = [...new Set(cells.map((cell) => cell.date))].sort();
  const glyphs = new Map(
    cells.map((cell) => [
      `${cell.date} ${cell.ticker}`,
      paintedGlyph(cell.state, look.isColoured, cell.isAccepted),
    ]),
  );
  const glyphAt: Look = (ticker, date) => glyphs.get(`${date} ${ticker}`) ?? ' ';
  const neededWidth =
    dayLabel(dates[0] ?? '').length + tickers.reduce((sum, ticker) => sum + gap + ticker.length, 0);
  const isAcross = tickers.length <= mostAcross && neededWidth <= look.width;
  return isAcross ? tickersAcross(tickers, dates, glyphAt) : datesAcross(tickers, dates, glyphAt, look.width);
}

function tickersAcross(tickers: readonly string[], dates: readonly PartitionDate[], glyphAt: Look): string[] {
  const space = ' '.repeat(gap);
  const head = [' '.repeat(dayLabel('').length), ...tickers].join(space);
  const rows = dates.map((date) => {
    // A character in colour is longer than it looks, so the padding is counted by hand.
    const row = tickers.map((ticker) => glyphAt(ticker, date) + ' '.repeat(ticker.length - 1));
    return [dayLabel(date), ...row].join(space).trimEnd();
  });
  return [head, ...rows];
}

/** `2026-11-19 Thu` */
function dayLabel(date: PartitionDate): string {
  const weekday = date === '' ? '' : (weekdays[new Date(midnightUtcMs(date)).getUTCDay()] ?? '');
  return `${date.padEnd(10)} ${weekday.padEnd(3)}`;
}

function datesAcross(
  tickers: readonly string[],
  dates: readonly PartitionDate[],
  glyphAt: Look,
  width: number,
): string[] {
  const labelWidth = Math.max(...tickers.map((ticker) => ticker.length));
  const inStretch = Math.max(7, width - labelWidth - gap);
  const lines: string[] = [];
  for (let start = 0; start < dates.length; start += inStretch) {
    const stretch = dates.slice(start, start + inStretch);
    if (start > 0) lines.push('');
    lines.push(`${stretch[0] ?? ''} … ${stretch.at(-1) ?? ''}`);
    for (const digit of [8, 9])
      lines.push(' '.repeat(labelWidth + gap) + stretch.map((date) => date[digit]).join(''));
    for (const ticker of tickers) {
      const row = stretch.map((date) => glyphAt(ticker, date)).join('');
      lines.push(ticker.padEnd(labelWidth + gap) + row);
    }
  }
  return lines;
}
