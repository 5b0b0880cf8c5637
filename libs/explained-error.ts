/** A failure that a person can correct: its message says how, and a stack trace would hide it. */
export abstract class ExplainedError extends Error {}
