/** The token under which the process's logger is injected. */
export const LOG = Symbol('log');
