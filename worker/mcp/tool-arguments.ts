import * as z from "zod";
import type { Json } from "#contract/json";
import type { TableRoute } from "#contract/routes";

type Schema = Record<string, Json>;

/** What a tool takes, and where each of it belongs in the request of its route. */
export interface ToolArguments {
  schema: Schema;
  placeOf: (name: string) => "params" | "query" | "json" | "content" | "verbose" | undefined;
}

const named: Readonly<Record<string, string>> = {
  worker: "The worker's name.",
  run: "The run's id (run_...).",
  approval: "The approval's id (apr_...).",
  trigger: "The trigger's id (trg_...).",
  version: "The version's number.",
  other: "The other one: a version's number, or a run's id.",
  secret: "The secret's name.",
  context: "The context's name.",
  file: "The file's path.",
};

const verbose: Schema = { type: "boolean", description: "Give everything, however long; short by default." };

/** Made once: writing a schema takes longer than most calls. */
const known = new WeakMap<TableRoute, ToolArguments>();

/** The arguments of a route as one object: its path, its query and its JSON. Pure. */
export function argumentsOf(route: TableRoute): ToolArguments {
  const made = known.get(route) ?? buildArguments(route);
  known.set(route, made);
  return made;
}

function buildArguments(route: TableRoute): ToolArguments {
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const query = route.query === undefined ? null : asSchema(route.query);
  const json = route.body?.kind === "json" ? asSchema(route.body.schema) : null;
  const properties: Record<string, Json> = {
    ...json?.properties,
    ...query?.properties,
    ...Object.fromEntries(
      params.map((name) => [
        name,
        { type: "string", description: named[name] ?? `Which ${name.replaceAll("_", " ")}.` },
      ]),
    ),
  };
  const required = new Set([...params, ...(json?.required ?? []), ...(query?.required ?? [])]);
  const takesBytes = route.body?.kind === "bytes";
  if (takesBytes) {
    properties["content"] = { type: "string", description: "The text." };
    required.add("content");
  }
  if (route.answer.kind === "json") properties["verbose"] ??= verbose;
  const isIn = (part: { properties: Schema } | null, name: string) =>
    part !== null && Object.hasOwn(part.properties, name);
  // What a property refers to lies beside the properties, not in them.
  const defs = { ...query?.defs, ...json?.defs };
  const referred = Object.keys(defs).length === 0 ? {} : { $defs: defs };
  return {
    schema: { type: "object", properties, required: [...required], additionalProperties: false, ...referred },
    placeOf: (name) => {
      if (params.includes(name)) return "params";
      if (isIn(query, name)) return "query";
      if (isIn(json, name)) return "json";
      if (name === "content" && takesBytes) return "content";
      return name === "verbose" && route.answer.kind === "json" ? "verbose" : undefined;
    },
  };
}

const membersForm = z.record(z.string(), z.json());

function asSchema(schema: z.ZodType): { properties: Schema; required: string[]; defs: Schema } {
  const { anyOf, oneOf, $defs = {}, ...whole } = toSchema(schema);
  const forms = formsSchema.parse(oneOf ?? anyOf ?? [whole]);
  const names = [...new Set(forms.flatMap(({ properties }) => Object.keys(properties)))];
  return {
    properties: Object.fromEntries(names.map((name) => [name, mergeForms(forms, name)])),
    required: names.filter((name) => forms.every(({ required }) => required.includes(name))),
    defs: membersForm.parse($defs),
  };
}

const formsSchema = z.array(
  z.object({ properties: membersForm.default({}), required: z.array(z.string()).default([]) }),
);
const constForm = z.object({ type: z.json(), const: z.json() });

/** What a property may be in a body that has one of several forms; the route says which of them go together. */
function mergeForms(forms: z.output<typeof formsSchema>, name: string): Json {
  const all = forms.flatMap(({ properties }) => properties[name] ?? []);
  const [first = {}, ...others] = new Map(all.map((one) => [JSON.stringify(one), one])).values();
  if (others.length === 0) return first;
  const consts = z.array(constForm).safeParse([first, ...others]);
  if (!consts.success) return { anyOf: [first, ...others] };
  return { type: consts.data[0]?.type ?? "string", enum: consts.data.map((one) => one.const) };
}

/** What a schema takes, as JSON Schema. Pure. */
export function toSchema(schema: z.ZodType) {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // What a time looks like is said by its format; the pattern beside it is four hundred characters that say no more.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
  return made;
}
