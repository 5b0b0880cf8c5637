/** The methods of a path, by the OpenAPI document. */
export class AllowedMethods {
  private readonly resources: readonly { readonly path: RegExp; readonly methods: readonly string[] }[];

  constructor(paths: Readonly<Record<string, object>>) {
    this.resources = Object.entries(paths).map(([path, operations]) => ({
      path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`),
      methods: Object.keys(operations).flatMap((method) =>
        method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
      ),
    }));
  }

  of(path: string): readonly string[] {
    return this.resources.filter((resource) => resource.path.test(path)).flatMap(({ methods }) => methods);
  }
}
