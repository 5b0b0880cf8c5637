import { expect, it } from 'vitest';

import { PROBLEM_CODES } from '#libs/contracts/http/problems';

import { problemPage } from './problem-page.js';

it('shows what stands in angle brackets as text, and what stands between backticks as code', () => {
  const page = problemPage(['unauthenticated']);
  expect(page).toContain('&lt;key&gt;');
  expect(page).toMatch(/<code>[^<]*&lt;key&gt;[^<]*<\/code>/);
});

it('has no element that is not ours', () => {
  const elements = problemPage(PROBLEM_CODES).matchAll(/<(\w+)/g);
  const ours = ['a', 'code', 'h1', 'h2', 'html', 'meta', 'p', 'section', 'strong', 'style', 'title'];
  expect(new Set(Array.from(elements, ([, name]) => name))).toEqual(new Set(ours));
});
