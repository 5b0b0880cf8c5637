import { fileURLToPath } from 'node:url';

/** One change to the workflow, made in two ways: the shopper is emailed as the first step. */
export const UNPATCHED = fileURLToPath(new URL('./unpatched.workflow.ts', import.meta.url));
export const PATCHED = fileURLToPath(new URL('./patched.workflow.ts', import.meta.url));
