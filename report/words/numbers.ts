/** `+3.2 %`, `−0.4 %`; a dash where there is no number. */
export function signedPct(value: number | null, digits = 1): string {
  if (value === null) return '–';
  return `${sign(value, digits)}${Math.abs(value).toFixed(digits)} %`;
}

/** `+3.2 pp`: a difference of two percentages. */
export function signedPoints(value: number | null): string {
  return value === null ? '–' : `${sign(value, 1)}${Math.abs(value).toFixed(1)} pp`;
}

/** `99.2 %` of a share between 0 and 1; never rounded up to all of it. */
export function share(value: number | null): string {
  if (value === null) return '–';
  return value === 1 ? '100 %' : `${(Math.floor(value * 1000) / 10).toFixed(1)} %`;
}

/** A price with as many digits as its size asks for: `76,533.01`, `195.18`, `1.24843`. */
export function price(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 ? 2 : size >= 10 ? 3 : size >= 0.1 ? 5 : 8;
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits });
}

/** A number with a fixed count of digits; a dash where there is none. */
export function fixed(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits).replace('-', '−');
}

/** An instant of the warehouse to the minute: `2026-11-20 13:14 UTC`. */
export function instant(text: string | null): string {
  return text === null ? 'unknown' : `${text.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 cell`, `2,000 cells`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

/** An arrow for the direction of a change, so that colour is never alone. */
export function arrow(value: number | null): string {
  if (value === null || value === 0) return '';
  return value > 0 ? '▲' : '▼';
}

function sign(value: number, digits: number): string {
  if (Number(Math.abs(value).toFixed(digits)) === 0) return '';
  return value > 0 ? '+' : '−';
}
