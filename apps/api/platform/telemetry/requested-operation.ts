import { matches, segmentsOf } from '../logging/logged-path.js';

/** Which operation a request is for, by the OpenAPI document. */
export class RequestedOperations {
  private readonly operations: readonly {
    readonly path: string;
    readonly parts: readonly string[];
    readonly byMethod: ReadonlyMap<string, string>;
  }[];

  /** @param paths of the OpenAPI document */
  constructor(paths: Readonly<Record<string, object>>) {
    this.operations = Object.entries(paths).map(([path, item]) => ({
      path,
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
    // A HEAD is answered as its GET.
    return this.found(segments)?.byMethod.get(method === 'HEAD' ? 'GET' : method) ?? 'none';
  }

  /** @returns its path with the names of its parameters, such as `/orders/{id}`; null for what no route answers */
  route(url: string): string | null {
    return this.found(segmentsOf(url))?.path ?? null;
  }

  private found(segments: readonly string[]) {
    return this.operations.find(({ parts }) => matches(parts, segments));
  }
}

function operationIdOf(operation: unknown): string | null {
  if (typeof operation !== 'object' || operation === null || !('operationId' in operation)) return null;
  return typeof operation.operationId === 'string' ? operation.operationId : null;
}
