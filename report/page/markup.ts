/** Text that is HTML already and is put in as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Builds HTML; whatever is put in is escaped, unless it is markup itself. Nothing is put in for null and false. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    strings.map((text, index) => text + (index < parts.length ? textOf(parts[index]) : '')).join(''),
  );
}

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Text whose dates are never broken at the end of a line. */
export function dated(text: string): Markup {
  return new Markup(markup`${text}`.text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, '<time>$&</time>'));
}

/** A link, or its text alone where there is no address. */
export function linkOr(url: string | null, text: string, title?: string): Markup {
  if (url === null) return title ? markup`<span title="${title}">${text}</span>` : markup`${text}`;
  return markup`<a href="${url}"${title ? markup` title="${title}"` : ''}>${text}</a>`;
}

/** A table that scrolls within itself on a narrow screen, and can be reached and scrolled by keyboard. */
export function scrollingTable(
  label: string,
  head: readonly Part[],
  rows: readonly Part[],
  kind: 'words' | 'numbers' | 'glyph' = 'words',
): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${kind}"><thead><tr>${head.map(
    (cell) => markup`<th scope="col">${cell}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
