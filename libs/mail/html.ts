/** HTML that is already escaped. */
export class Markup {
  constructor(readonly source: string) {}
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template literal of HTML: values are escaped, unless they are `Markup`. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const sources = values.map((value) => {
    if (value instanceof Markup) return value.source;
    if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
    return value.map(({ source }) => source).join('');
  });
  return new Markup(String.raw({ raw: strings }, ...sources));
}
