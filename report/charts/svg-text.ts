import { colours } from './look.ts';

/** What an SVG says to those who do not see it. */
export interface SvgWords {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Gives Vega's SVG a name, a description, colours that follow the theme, and takes out what draws nothing. */
export function accessibleSvg(svg: string, words: SvgWords): string {
  const size = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)?.slice(1).map(Number);
  const [width = 0, height = 0] = size ?? [];
  const body = themed(tidied(svg))
    .replace(/^<svg[^>]*>/, '')
    .replace(/clip\d+/g, `${words.id}-$&`);
  const { id } = words;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-text">` +
    `<title id="${id}-title">${escapeXml(words.title)}</title><desc id="${id}-text">${escapeXml(words.description)}</desc>` +
    body
  );
}

/** An SVG that stands alone in a file: it brings its size and its colours along, and a mark across it where one is given. */
export function standaloneSvg(svg: string, mark: string | null): string {
  const [, width = '0', height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const style = `<style>${themeStyle('svg')}svg{background:var(--page)}</style>`;
  const sized = svg
    .replace('<svg ', `<svg width="${width}" height="${height}" `)
    .replace('<title', `${style}<title`);
  return `${sized.replace(/<\/svg>\s*$/, `${markOf(mark, Number(width), Number(height))}</svg>`)}\n`;
}

/** The style rules that give the colours their values in both themes. */
export function themeStyle(selector: string): string {
  const values = (theme: 0 | 1): string =>
    Object.entries(colours)
      .map(([name, pair]) => `--${name}:${pair[theme]}`)
      .join(';');
  return `${selector}{${values(0)}}@media (prefers-color-scheme:dark){${selector}{${values(1)}}}@media print{${selector}{${values(0)}}}`;
}

function tidied(svg: string): string {
  return svg
    .replace(/ (?:aria-hidden|pointer-events|role|aria-roledescription|class|xmlns:xlink)="[^"]*"/g, '')
    .replace(/ opacity="1"/g, '')
    .replace(/<path d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g, '')
    .replace(/<path [^>]*display="none"\/>/g, '');
}

/** Readers of SVG without style sheets still find a colour in the attribute: that of the light theme. */
function themed(svg: string): string {
  return svg.replace(/<(?:path|line|text|rect)\b[^>]*>/g, (element) => {
    const styles: string[] = [];
    const plain = element.replace(/ (fill|stroke)="var\(--(\w+)\)"/g, (_, property: string, name: string) => {
      styles.push(`${property}:var(--${name})`);
      return ` ${property}="${colours[name]?.[0] ?? '#000'}"`;
    });
    return styles.length === 0 ? plain : plain.replace(/(\/?>)$/, ` style="${styles.join(';')}"$1`);
  });
}

function markOf(mark: string | null, width: number, height: number): string {
  if (mark === null) return '';
  const at = `${width / 2} ${height / 2}`;
  return `<text transform="translate(${at}) rotate(-18)" text-anchor="middle" font-family="system-ui, sans-serif" font-size="${Math.round(width / 11)}" font-weight="bold" fill="#888" opacity="0.13" aria-hidden="true">${escapeXml(mark)}</text>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
