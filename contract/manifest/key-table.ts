import * as z from "zod";
import { authoredManifestSchema } from "./keys.ts";

/** Stands in a path for any name that an author gives. */
export const ANY_KEY = "*";

/** One key of worker.yml as the reference, the suggestions and the error messages need it. */
export interface ManifestKey {
  /** Dotted path; `[]` stands for any item of a list, e.g. `exec.inputs[].name`. */
  path: string;
  type: string;
  required: boolean;
  /** As JSON; undefined when there is none. */
  default: string | undefined;
  description: string;
  rule: string;
  /** Name of the finding when the value breaks its rule. */
  code: string | undefined;
}

/** A JSON Schema as far as the table tells of it. */
const nodeSchema = z.object({
  type: z.union([z.string(), z.array(z.string()).transform((types) => types.join(" | "))]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  /** What any member of a mapping is, whatever its name. */
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional();
  },
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
  rule: z.string().optional(),
  code: z.string().optional(),
  default: z.unknown().optional(),
});
type SchemaNode = z.infer<typeof nodeSchema>;

/** JSON Schema (draft 2020-12) of worker.yml as authors write it, for editors and the reference. */
export function buildManifestJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(authoredManifestSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema["rule"];
      delete jsonSchema["code"];
    },
  });
}

/** Every key of worker.yml with its parents before it, in the order of the schema. */
export function listManifestKeys(): ManifestKey[] {
  return collectKeys(nodeSchema.parse(z.toJSONSchema(authoredManifestSchema, { io: "input" })), "");
}

function collectKeys(node: SchemaNode, prefix: string): ManifestKey[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = join(prefix, key);
    return [describeKey(path, child, node.required?.includes(key) ?? false), ...collectKeys(child, path)];
  });
  const items = node.items === undefined ? [] : collectItem(node.items, `${prefix}[]`);
  const { additionalProperties: any } = node;
  const members = typeof any === "object" ? collectKeys(any, join(prefix, ANY_KEY)) : [];
  const variants = (node.anyOf ?? []).flatMap((variant) => collectKeys(variant, prefix));
  return [...own, ...items, ...members, ...variants];
}

const join = (prefix: string, key: string) => (prefix === "" ? key : `${prefix}.${key}`);

function collectItem(item: SchemaNode, path: string): ManifestKey[] {
  const itself = item.rule === undefined ? [] : [describeKey(path, item, true)];
  return [...itself, ...collectKeys(item, path)];
}

function describeKey(path: string, node: SchemaNode, required: boolean): ManifestKey {
  return {
    path,
    type: describeType(node),
    required,
    default: node.default === undefined ? undefined : JSON.stringify(node.default),
    description: node.description ?? "",
    rule: node.rule ?? "",
    code: node.code,
  };
}

function describeType(node: SchemaNode): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (node.type === "array")
    return `list of ${node.items === undefined ? "anything" : describeType(node.items)}`;
  if (node.type === "object") return "mapping";
  if (node.type === "string") return "text";
  if (node.type !== undefined) return node.type;
  return node.anyOf === undefined ? "anything" : [...new Set(node.anyOf.map(describeType))].join(" | ");
}
