/** A failure that a person can do something about: its message says what, and a stack would bury it. */
export abstract class ExplainedError extends Error {}
