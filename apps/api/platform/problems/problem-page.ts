import { problemAddress, type ProblemCode, PROBLEMS } from '#libs/contracts/http/problems';
import { html } from '#libs/mail/html';

/** A problem type as JSON. */
export const problemEntry = (code: ProblemCode) => ({ type: problemAddress(code), code, ...PROBLEMS[code] });

/** Problem types as HTML. Text between backticks in the catalogue is code. */
export function problemPage(codes: readonly ProblemCode[]): string {
  const sections = codes.map((code) => {
    const { status, title, meaning, remedy } = PROBLEMS[code];
    return html`<section id="${code}">
      <h2><a href="${problemAddress(code)}">${title}</a></h2>
      <p><code>${code}</code>, status ${String(status)}</p>
      <p>${meaning}</p>
      <p><strong>What to do:</strong> ${remedy}</p>
    </section> `;
  });
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <title>Problem types</title>
      <style>
        body {
          font:
            1rem/1.5 system-ui,
            sans-serif;
          max-width: 40rem;
          margin: 2rem auto;
          padding: 0 1rem;
        }
      </style>
      <h1>Problem types</h1>
      ${sections}
    </html> `.source.replace(/`([^`]+)`/g, '<code>$1</code>');
}
