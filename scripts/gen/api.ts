import * as z from "zod";
import { originalAnswers } from "#contract/compat/answers";
import type { OriginalAnswer } from "#contract/compat/answers";
import { HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { formatLimit } from "#contract/limits";
import { problems } from "#contract/problem-registry";
import type { ProblemCode } from "#contract/problem-registry";
import type { TableRoute } from "#contract/routes";
import { routes } from "#contract/routes";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

/** A JSON Schema as far as the reference shows it. */
const shownSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), shownSchema).optional();
  },
  required: z.array(z.string()).optional(),
  /** `false` behind the parts of a list of fixed length: nothing more comes. */
  get items() {
    return z.union([shownSchema, z.boolean().transform(() => undefined)]).optional();
  },
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  get anyOf() {
    return z.array(shownSchema).optional();
  },
  default: z.unknown().optional(),
});
type ShownSchema = z.infer<typeof shownSchema>;

export const apiPage: Generator = {
  file: "docs/reference/api.md",
  render: async () => {
    const all: TableRoute[] = Object.values(routes);
    const tags = [...new Set(all.map((route) => route.tag))];
    return [
      openPage("REST API", "contract/routes.ts"),
      "Send `Authorization: Bearer <token>`. The same as OpenAPI 3.1: `/api/openapi.json`, to browse: `/api/docs`. Refusals: [problems](problems.md).\n",
      ...tags.flatMap((tag) => [`## ${tag}\n`, ...all.filter((route) => route.tag === tag).map(renderRoute)]),
    ].join("\n");
  },
};

function renderRoute(route: TableRoute): string {
  return [
    `### ${route.method} ${route.path}\n`,
    `${route.summary}. ${accessSentence(route)}\n`,
    ...(route.description === undefined ? [] : [`${route.description}\n`]),
    ...(route.query === undefined ? [] : ["Query:\n", `${fieldTable(toShown(route.query, "input"))}\n`]),
    ...renderBody(route),
    ...renderAnswer(route),
    ...(route.problems.length === 0
      ? []
      : [`Refused with: ${route.problems.map(problemLink).join(", ")}.\n`]),
  ].join("\n");
}

function accessSentence(route: TableRoute): string {
  if (route.access === "public") return "Open to everybody.";
  if (route.access === "any") return "For whoever has a valid credential.";
  const grant = route.grant === undefined ? "" : `, or the grant ${code(route.grant)}`;
  return route.access === "run_token"
    ? "For the run's own token."
    : `Needs the scope ${code(route.access)}${grant}.`;
}

function renderBody({ body }: TableRoute): string[] {
  if (body === undefined) return [];

  const limit = `at most ${formatLimit(body.limit)}`;
  if (body.kind === "bytes") return [`Body: ${body.media_types.map(code).join(" or ")}, ${limit}.\n`];

  if (body.kind === "multipart")
    return [`Body: a multipart form with one file in the part ${code(body.field)}, ${limit}.\n`];

  return [
    `Body: JSON${body.optional === true ? " (may be absent)" : ""}, ${limit}.\n`,
    `${fieldTable(toShown(body.schema, "input"))}\n`,
  ];
}

function renderAnswer({ id, answer }: TableRoute): string[] {
  if (answer.kind === "empty") return [`Answers 204. ${answer.description}\n`];

  if (answer.kind === "stream")
    return [`Answers ${answer.status} as ${code(answer.media_type)}. ${answer.description}\n`];

  const table = fieldTable(toShown(answer.schema, "output"));
  const original = originalAnswers[id];
  return [
    `Answers ${answer.status}. ${answer.description}\n`,
    ...(table === "" ? [] : [`${table}\n`]),
    ...(original === undefined ? [] : [`${sayOriginal(original)}\n`]),
  ];
}

/** What is answered to whoever does not ask for the server's own shapes. */
function sayOriginal({ schema, description }: OriginalAnswer): string {
  const what = typeOf(toShown(schema, "output"));
  return `That is what ${code(`Accept: ${HOUSE_MEDIA_TYPE}`)} is answered; [others](first-clients.md) get ${article(what)}: ${description}`;
}

const article = (what: string) => (/^[aeiou]/.test(what) ? `an ${what}` : `a ${what}`);

function problemLink(name: ProblemCode): string {
  const { status } = problems[name];
  return `[${name}](problems.md#${name}) (${status})`;
}

function toShown(schema: z.ZodType, io: "input" | "output"): ShownSchema {
  return shownSchema.parse(z.toJSONSchema(schema, { io, unrepresentable: "any" }));
}

function fieldTable(schema: ShownSchema): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return "";

  return buildTable(
    ["Field", "Type", "What it is"],
    fields.map(([name, field]) => [
      `${code(name)}${schema.required?.includes(name) === true ? "" : " (optional)"}`,
      typeOf(field),
      describe(field),
    ]),
  );
}

function describe(field: ShownSchema): string {
  const fallback = field.default === undefined ? "" : ` By default ${code(JSON.stringify(field.default))}.`;
  return `${field.description ?? ""}${fallback}`.trim();
}

function typeOf(field: ShownSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => code(String(value))).join(", ");

  if (field.const !== undefined) return code(JSON.stringify(field.const));

  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(typeOf))].join(" or ");

  if (field.type === "array") return `list of ${typeOf(field.items ?? {})}`;

  return [field.type ?? "any"].flat().join(" or ");
}
