import { html, type Markup } from './html.js';
import { asMarkup } from './isolation.js';
import type { MailContent } from './mail-content.js';
import type { Shop } from './shop.js';

/** Mail programs drop style sheets, so each element carries its own; tables, because Outlook knows no other layout. */
const STYLE = {
  page: 'margin:0;padding:0;background:#f2f3f5;',
  card: 'width:100%;max-width:560px;background:#ffffff;border-radius:10px;border-top:4px solid #1f6f54;',
  body: "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.55;color:#24292f;overflow-wrap:anywhere;",
  shop: 'margin:0 0 24px;font-size:15px;font-weight:600;color:#14181d;',
  shopLink: 'color:#14181d;text-decoration:none;',
  logo: 'display:block;max-height:48px;max-width:100%;border:0;',
  heading: 'margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:600;color:#14181d;',
  paragraph: 'margin:0 0 12px;',
  link: 'display:inline-block;margin:8px 0;padding:11px 20px;border-radius:6px;background:#1f6f54;color:#ffffff;font-weight:600;text-decoration:none;',
  table: 'width:100%;margin:20px 0 4px;border-collapse:collapse;',
  item: 'padding:12px 12px 12px 0;border-top:1px solid #e4e7eb;vertical-align:top;',
  price:
    'padding:12px 0;border-top:1px solid #e4e7eb;vertical-align:top;text-align:right;white-space:nowrap;',
  sum: 'padding:4px 12px 4px 0;color:#57606a;',
  sumPrice: 'padding:4px 0;color:#57606a;text-align:right;white-space:nowrap;',
  total: 'padding:10px 12px 4px 0;border-top:2px solid #24292f;font-size:17px;font-weight:600;',
  totalPrice:
    'padding:10px 0 4px;border-top:2px solid #24292f;font-size:17px;font-weight:600;text-align:right;white-space:nowrap;',
  small: 'font-size:13px;color:#57606a;',
  fact: 'padding:2px 12px 14px 0;vertical-align:top;width:34%;font-size:13px;color:#57606a;',
  factValue: 'padding:0 0 14px;vertical-align:top;',
  closing: 'margin:20px 0 0;padding-top:16px;border-top:1px solid #e4e7eb;font-size:13px;color:#57606a;',
  preview: 'display:none;max-height:0;overflow:hidden;',
} as const;

export function contentAsHtml(content: MailContent): string {
  const { shop, preview, heading, opening, link, items, sums, facts, closing } = content;
  const page = html`<!doctype html>
    <html lang="en" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>${heading}</title>
      </head>
      <body style="${STYLE.page}">
        <div style="${STYLE.preview}">${preview}</div>
        <table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="${STYLE.page}">
          <tr>
            <td align="center" style="padding:32px 12px;">
              <table role="presentation" cellspacing="0" cellpadding="0" style="${STYLE.card}">
                <tr>
                  <td align="left" style="padding:32px;${STYLE.body}">
                    ${head(shop)}
                    <h1 style="${STYLE.heading}">${heading}</h1>
                    ${opening.map((paragraph) => html`<p style="${STYLE.paragraph}">${asMarkup(paragraph)}</p> `)}
                    ${link ? html`<a href="${link.url}" style="${STYLE.link}">${link.label}</a>` : ''}
                    <table cellspacing="0" cellpadding="0" style="${STYLE.table}${STYLE.body}">
                      ${items.map(itemRow)}${sums.map(sumRow)}
                    </table>
                    <table
                      role="presentation"
                      cellspacing="0"
                      cellpadding="0"
                      style="${STYLE.table}${STYLE.body}"
                    >
                      ${facts.map(factRow)}
                    </table>
                    <p style="${STYLE.closing}">${closing}</p>
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `;
  return page.source;
}

/** The shop's logo, or its name; nothing where it has neither. */
function head({ name, url, logoUrl }: Shop): Markup | string {
  const sign =
    logoUrl === undefined ? name : html`<img src="${logoUrl}" alt="${name}" style="${STYLE.logo}" />`;
  if (sign === '') return '';
  const linked = url === undefined ? sign : html`<a href="${url}" style="${STYLE.shopLink}">${sign}</a>`;
  return html`<div style="${STYLE.shop}">${linked}</div>`;
}

const itemRow = ({ quantity, name, detail, price }: MailContent['items'][number]) =>
  html`<tr>
    <td style="${STYLE.item}">
      ${quantity} × ${asMarkup(name)}<br /><span style="${STYLE.small}">${detail}</span>
    </td>
    <td style="${STYLE.price}">${price ?? ''}</td>
  </tr> `;

const sumRow = ({ label, price, final }: MailContent['sums'][number]) =>
  html`<tr>
    <td style="${final ? STYLE.total : STYLE.sum}">${label}</td>
    <td style="${final ? STYLE.totalPrice : STYLE.sumPrice}">${price}</td>
  </tr> `;

const factRow = ({ label, lines }: MailContent['facts'][number]) =>
  html`<tr>
    <td style="${STYLE.fact}">${label}</td>
    <td style="${STYLE.factValue}">${lines.map((line) => html`<div>${asMarkup(line)}</div>`)}</td>
  </tr> `;
