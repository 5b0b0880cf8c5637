import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { z } from 'zod';

import {
  customResourceDefinitions,
  kubernetesSchemas,
  type KubernetesVersion,
} from '../support/chart-tools.js';

/** Checks resources against the strict schemas of a version of Kubernetes, the Prometheus operator and KEDA. */
export class ResourceSchemas {
  private readonly validator = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  private readonly custom = customSchemas();
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly folder: string;

  constructor(version: KubernetesVersion) {
    this.folder = kubernetesSchemas(version);
    this.validator.addSchema(
      json(join(this.folder, '_definitions.json')),
      'https://kubernetes.io/api/_definitions.json',
    );
  }

  /** What is wrong with a resource. */
  errorsOf(document: unknown, { apiVersion, kind }: { apiVersion: string; kind: string }) {
    const [group = '', number = group] = apiVersion.split('/');
    const prefix = apiVersion.includes('/') ? `-${group.split('.')[0]}` : '';
    const file = join(this.folder, `${kind.toLowerCase()}${prefix}-${number}.json`);
    const validate =
      this.compiled.get(kind) ??
      this.validator.compile(this.custom.get(`${apiVersion} ${kind}`) ?? json(file));
    this.compiled.set(kind, validate);
    return validate(document) ? [] : validate.errors;
  }
}

const json = (file: string): AnySchema => JSON.parse(readFileSync(file, 'utf8'));

/** The schemas of resources that are not Kubernetes' own. */
function customSchemas(): ReadonlyMap<string, AnySchema> {
  const definition = z.object({
    spec: z.object({
      group: z.string(),
      names: z.object({ kind: z.string() }),
      versions: z.array(z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: z.unknown() }) })),
    }),
  });
  return new Map(
    customResourceDefinitions().flatMap((file) => {
      const { spec } = definition.parse(parse(readFileSync(file, 'utf8')));
      return spec.versions.map(({ name, schema }) => [
        `${spec.group}/${name} ${spec.names.kind}`,
        strict(schema.openAPIV3Schema) as AnySchema,
      ]);
    }),
  );
}

/** Without the fields that Kubernetes would drop; its own objects have them in their schemas already. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  // Patterns are Go's, of which some are none of JavaScript's.
  const inner = Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'pattern' && typeof value === 'string' ? [] : [[key, strict(value)]],
    ),
  );
  // `metadata` is only named there.
  const isOpen =
    'additionalProperties' in inner ||
    'x-kubernetes-preserve-unknown-fields' in inner ||
    Object.keys(inner['properties'] ?? {}).length === 0;
  return isOpen ? inner : { ...inner, additionalProperties: false };
}
