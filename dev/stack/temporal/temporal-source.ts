/** Says what is happening while it takes minutes. */
export type Report = (text: string) => void;

/** What came of looking in one place: the executable, or why it is not there; undefined needs no mention. */
export type SearchResult = { path: string } | { missed: string } | undefined;

/** A place to get the executable from. */
export interface TemporalSource {
  name: string;
  find(report: Report): SearchResult | Promise<SearchResult>;
}
