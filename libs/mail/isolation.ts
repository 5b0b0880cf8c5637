import { html, Markup } from './html.js';

/** Unicode's isolates (UAX #9): what stands between them has no influence on the order of what stands around. */
const FIRST_STRONG = '\u2068';
const POP = '\u2069';
const OPENERS = /[\u2066-\u2068]/;

/** What can change the order of letters: controls, and the blocks whose letters are written from right to left. */
const DIRECTED =
  /[\p{Bidi_Control}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Text from a customer, isolated so that it appears as typed and does not reorder our text around it. Text written
 * from left to right is left alone.
 */
export function isolated(text: string): string {
  return DIRECTED.test(text) ? `${FIRST_STRONG}${balanced(text)}${POP}` : text;
}

/** The same where only a control could change the order: the name before an address, which programs show apart. */
export const contained = (text: string): string => (/\p{Bidi_Control}/u.test(text) ? isolated(text) : text);

/** Without ends of isolates that nothing has begun, which would end ours, and with those that are missing. */
function balanced(text: string): string {
  let open = 0;
  const kept = Array.from(text).filter((character) => {
    if (OPENERS.test(character)) open += 1;
    else if (character === POP) {
      if (open === 0) return false;
      open -= 1;
    }
    return true;
  });
  return kept.join('') + POP.repeat(open);
}

/** The same for HTML: mail programs that know no isolates of Unicode's may know its elements, or the other way round. */
export function asMarkup(text: string): Markup {
  const begun: string[] = [];
  const source = Array.from(html`${text}`.source, (character) => {
    if (OPENERS.test(character)) {
      begun.push(character);
      return character === FIRST_STRONG ? `<bdi>${character}` : character;
    }
    return character === POP && begun.pop() === FIRST_STRONG ? `${character}</bdi>` : character;
  });
  return new Markup(source.join(''));
}
