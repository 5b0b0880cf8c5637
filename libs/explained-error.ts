/** A failure that a person can do something about: its message says what, and a stack trace would hide it. */
export abstract class ExplainedError extends Error {}
