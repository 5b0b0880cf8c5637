/** Reports the progress of a search that may take minutes. */
export type Report = (text: string) => void;

/** The result of searching one source: the executable, or why it is missing; undefined needs no mention. */
export type SearchResult = { path: string } | { missed: string } | undefined;

/** A place to get the executable from. */
export interface TemporalSource {
  name: string;
  find(report: Report): SearchResult | Promise<SearchResult>;
}
