import type { Shop } from './shop.js';

/** The content of a mail to a shopper, before it is rendered as text or HTML. All values are plain text. */
export interface MailContent {
  readonly shop: Shop;
  /** The preview that an inbox shows beside the subject. */
  readonly preview: string;
  readonly heading: string;
  /** Paragraphs. */
  readonly opening: readonly string[];
  /** A link for the shopper: an address that begins with http. */
  readonly link?: { readonly label: string; readonly url: string };
  readonly items: readonly { quantity: string; name: string; detail: string; price: string | null }[];
  readonly sums: readonly { label: string; price: string; final: boolean }[];
  /** Each with one or more lines. */
  readonly facts: readonly { label: string; lines: readonly string[] }[];
  readonly closing: string;
}

/** Letters narrower than RFC 5322's 78 columns are not wrapped on their way. */
const COLUMNS = 64;

export function contentAsText(content: MailContent): string {
  const { shop, heading, opening, link, items, sums, facts, closing } = content;
  const sections = [
    [heading.toUpperCase()],
    ...opening.map((paragraph) => wrap(paragraph)),
    link ? [`${link.label}:`, `  ${link.url}`] : [],
    items.flatMap(({ quantity, name, detail, price }) => [
      columns(`${quantity} × ${name}`, price ?? ''),
      `    ${detail}`,
    ]),
    sums.map(({ label, price }) => columns(label, price)),
    ...facts.map(({ label, lines }) => [`${label}:`, ...lines.map((line) => `  ${line}`)]),
    wrap(closing),
    [shop.name, shop.url ?? ''].filter((line) => line !== ''),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .concat('\n');
}

function columns(left: string, right: string): string {
  return `${left}${' '.repeat(Math.max(2, COLUMNS - left.length - right.length))}${right}`.trimEnd();
}

function wrap(paragraph: string): string[] {
  return paragraph.split(' ').reduce<string[]>((lines, word) => {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= COLUMNS) return [...lines, word];
    return [...lines.slice(0, -1), `${line} ${word}`];
  }, []);
}
