import { fileURLToPath } from 'node:url';

/** One change to the workflow, made in three ways: the shopper is emailed as the first step. */
export const UNPATCHED = fileURLToPath(new URL('./unpatched.workflow.ts', import.meta.url));
/** Takes the new path for orders of the version that follows today's last one. */
export const NEXT_VERSION = fileURLToPath(new URL('./next-version.workflow.ts', import.meta.url));
export const PATCHED = fileURLToPath(new URL('./patched.workflow.ts', import.meta.url));
