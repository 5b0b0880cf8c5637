import { matches, segmentsOf } from '../logging/logged-path.js';

/** Which operation a request is for, by the OpenAPI document. */
export class RequestedOperations {
  private readonly operations: readonly {
    readonly parts: readonly string[];
    readonly byMethod: ReadonlyMap<string, string>;
  }[];

  /** @param paths of the OpenAPI document */
  constructor(paths: Readonly<Record<string, object>>) {
    this.operations = Object.entries(paths).map(([path, item]) => ({
      parts: path.split('/'),
      byMethod: new Map(
        Object.entries(item).flatMap(([method, operation]: [string, unknown]) => {
          const id = operationIdOf(operation);
          return id === null ? [] : [[method.toUpperCase(), id] as const];
        }),
      ),
    }));
  }

  /** @returns its operationId; `documents` for the documentation, `none` for what no route answers */
  of(method: string, url: string): string {
    const segments = segmentsOf(url);
    if (segments[1] === 'docs' || segments[1] === 'openapi.json') return 'documents';
    const found = this.operations.find(({ parts }) => matches(parts, segments));
    // A HEAD is answered as its GET.
    return found?.byMethod.get(method === 'HEAD' ? 'GET' : method) ?? 'none';
  }
}

function operationIdOf(operation: unknown): string | null {
  if (typeof operation !== 'object' || operation === null || !('operationId' in operation)) return null;
  return typeof operation.operationId === 'string' ? operation.operationId : null;
}
