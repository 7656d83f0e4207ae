import type { Json } from "#contract/json";
import { entriesOf, follow, listOf, textOf } from "./read-document.ts";
import type { Node } from "./read-document.ts";

/** A parameter of a tool, and where its value goes. */
export interface Placed {
  /** Its name in the tool; unique there. */
  name: string;
  /** Its name in the request. */
  key: string;
  place: "path" | "query" | "header" | "body";
  said: Record<string, Json>;
}

export type BodyKind = "json" | "form" | "multipart";

const LONGEST = 500;
const TYPES = ["string", "integer", "number", "boolean", "array", "object"];

/** Words of a document, on one line and bounded. Pure. */
export function words(value: Json | undefined): string {
  const text = textOf(value).replaceAll(/\s+/g, " ").trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** A schema with those that it is put together from; a cycle ends at the depth where it has said enough. */
function flatten(root: Node, schema: Json | undefined, depth = 0): Node {
  const own = follow(root, schema);
  if (depth > 5) return own;
  return listOf(own["allOf"])
    .map((part) => flatten(root, part, depth + 1))
    .reduce<Node>(
      (all, part) => ({
        ...part,
        ...all,
        properties: { ...nodeOf(part["properties"]), ...nodeOf(all["properties"]) },
        required: [...listOf(part["required"]), ...listOf(all["required"])],
      }),
      own,
    );
}

const nodeOf = (value: Json | undefined): Node => Object.fromEntries(entriesOf(value));

function typeOf({ type, properties, items }: Node): string {
  const named = Array.isArray(type) ? type.find((one) => one !== "null") : type;
  if (typeof named === "string" && TYPES.includes(named)) return named;
  if (properties !== undefined) return "object";
  return items === undefined ? "string" : "array";
}

/** What worker.yml says of a parameter. */
function sayOf(schema: Node, { description, required }: { description: string; required: boolean }) {
  const type = typeOf(schema);
  const value = schema["default"] ?? null;
  const choices = listOf(schema["enum"]).filter((one) => one !== null);
  const isPlain = typeof value !== "object";
  return {
    type,
    ...(description !== "" && { description }),
    ...(!required && { required: false }),
    ...(value !== null && isPlain && { default: value }),
    ...(choices.length > 0 && { enum: choices }),
  };
}

/** Headers that the edge or a secret sets. */
const SET_ELSEWHERE = new Set(["accept", "content-type", "authorization"]);

/** What an operation takes: of its path, query, headers and body. Pure. */
export function buildParameters(
  root: Node,
  { shared, operation }: { shared: readonly Json[]; operation: Node },
): { placed: Placed[]; body: BodyKind | null; bodyIsWhole: boolean } {
  const found = new Map<string, Node>();
  for (const one of [...shared, ...listOf(operation["parameters"])]) {
    const said = follow(root, one);
    found.set(`${textOf(said["in"])} ${textOf(said["name"])}`, said);
  }
  const all = [...found.values()];
  const plain = all.flatMap((said) => placePlain(root, said));
  const fields = all.filter((said) => said["in"] === "formData");
  const { schema, kind, required } = bodyOf(root, { operation, all });
  const whole = flatten(root, schema);
  const members = [
    ...fields.map((said) => ({
      key: textOf(said["name"]),
      schema: said,
      isNeeded: said["required"] === true,
    })),
    ...entriesOf(whole["properties"]).map(([key, part]) => ({
      key,
      schema: flatten(root, part),
      isNeeded: required && listOf(whole["required"]).includes(key),
    })),
  ].filter(({ schema: part }) => part["readOnly"] !== true);
  const bodyIsWhole = kind === "json" && members.length === 0;
  const body = members.map(({ key, schema: part, isNeeded }) => ({
    key,
    place: "body" as const,
    said: sayOf(part, { description: words(part["description"]), required: isNeeded }),
  }));
  const single = {
    key: "body",
    place: "body" as const,
    said: sayOf(whole, { description: words(whole["description"]), required }),
  };
  const placed = [...plain, ...(bodyIsWhole ? [single] : body)];
  return { placed: nameAll(placed), body: kind, bodyIsWhole };
}

function placePlain(root: Node, said: Node): Omit<Placed, "name">[] {
  const key = textOf(said["name"]);
  const place = said["in"];
  if (place !== "path" && place !== "query" && place !== "header") return [];
  if (key === "" || key.includes("{{") || (place === "header" && SET_ELSEWHERE.has(key.toLowerCase())))
    return [];
  const schema = said["schema"] === undefined ? said : flatten(root, said["schema"]);
  const required = place === "path" || said["required"] === true;
  const description = words(said["description"]) || words(schema["description"]);
  return [{ key, place, said: sayOf(schema, { description, required }) }];
}

interface Body {
  schema: Json | undefined;
  kind: BodyKind | null;
  required: boolean;
}

const MEDIA: readonly [type: RegExp, kind: BodyKind][] = [
  [/^application\/(?:[\w.-]+\+)?json/, "json"],
  [/^application\/x-www-form-urlencoded/, "form"],
  [/^multipart\/form-data/, "multipart"],
];

function bodyOf(root: Node, { operation, all }: { operation: Node; all: readonly Node[] }): Body {
  const older = all.find((said) => said["in"] === "body");
  if (older !== undefined)
    return { schema: older["schema"], kind: "json", required: older["required"] === true };
  if (all.some((said) => said["in"] === "formData")) {
    const isMultipart = listOf(operation["consumes"]).includes("multipart/form-data");
    return { schema: undefined, kind: isMultipart ? "multipart" : "form", required: true };
  }
  const said = follow(root, operation["requestBody"]);
  const content = entriesOf(said["content"]);
  for (const [media, kind] of MEDIA) {
    const found = content.find(([type]) => media.test(type.toLowerCase()));
    if (found !== undefined)
      return { schema: follow(root, found[1])["schema"], kind, required: said["required"] === true };
  }
  return { schema: undefined, kind: null, required: false };
}

/** Names that worker.yml takes, each once in a tool. */
function nameAll(placed: readonly Omit<Placed, "name">[]): Placed[] {
  const taken = new Set<string>();
  return placed.map((one) => {
    const plain =
      one.key
        .replaceAll(/[^A-Za-z0-9_-]+/g, "_")
        .replace(/^[^A-Za-z_]+/, "")
        .slice(0, 50) || "value";
    let name = plain;
    for (let number = 2; taken.has(name); number++) name = `${plain}_${number}`;
    taken.add(name);
    return { ...one, name };
  });
}
