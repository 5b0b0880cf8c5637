/** Says what is happening while it takes minutes. */
export type Note = (text: string) => void;

/** What came of looking in one place; undefined is a miss that needs no mention. */
export type Finding = { path: string } | { missed: string } | undefined;
