import { isAlias, isMap, isSeq, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { Json } from "#contract/json";

/** What is to be changed in worker.yml; what is left out stays. */
export interface ManifestEdit {
  title?: string | undefined;
  /** Null takes it out. */
  description?: string | null | undefined;
  triggerType?: "manual" | "schedule" | "webhook" | undefined;
  cron?: string | undefined;
  timezone?: string | undefined;
  /** Merged into the inputs of every schedule and webhook (RFC 7396). */
  inputs?: Readonly<Record<string, Json>> | undefined;
  /** Merged into `capabilities` (RFC 7396). */
  capabilities?: Readonly<Record<string, Json>> | undefined;
}

/** The changed text, or which part of the edit cannot be made and why. */
export type EditedManifest = { source: string } | { refused: keyof ManifestEdit; detail: string };

type Path = (string | number)[];

/**
 * Changes worker.yml as text: what is not changed keeps its place, and so do comments. The text is the same where the
 * edit changes nothing. Whether the result is a good manifest is for the parser to say. Pure.
 */
export function editManifest(source: string, edit: ManifestEdit): EditedManifest {
  const document = parseDocument(source);
  const before = readValue(document);
  editText(document, edit);
  const refused = editTriggers(document, edit);
  if (refused !== null) return refused;
  if (edit.capabilities !== undefined) mergePatch(document, ["capabilities"], edit.capabilities);
  const isSame = readValue(document) === before;
  return { source: isSame ? source : document.toString({ lineWidth: 0 }) };
}

/** How many aliases there may be was asked when the file was pushed. */
const ANY_ALIASES = { maxAliasCount: -1 };
const readValue = (document: Document) => JSON.stringify(document.toJS(ANY_ALIASES));

function editText(document: Document, { title, description }: ManifestEdit): void {
  // The older shape has its title in `name`, and its name in `id`.
  const titleKey = document.get("schema_version") === "0.3" || document.has("title") ? "title" : "name";
  if (title !== undefined) document.set(titleKey, title);
  if (description === null) document.delete("description");
  else if (description !== undefined) document.set("description", description);
}

/** Where the triggers stand, and of which type each is. */
function listTriggers(document: Document): { path: Path; type: string }[] {
  for (const key of ["triggers", "trigger"]) resolveAlias(document, [key]);
  const many = document.get("triggers");
  const paths: Path[] = isSeq(many)
    ? many.items.map((_, at) => ["triggers", at])
    : document.has("trigger")
      ? [["trigger"]]
      : [];
  return paths.map((path) => {
    resolveAlias(document, path);
    const node = document.getIn(path);
    const said = isMap(node) ? node.get("type") : node;
    const type = typeof said === "string" ? said.toLowerCase() : "manual";
    return { path, type: type === "cron" || type === "scheduled" ? "schedule" : type };
  });
}

function editTriggers(document: Document, edit: ManifestEdit): EditedManifest | null {
  const { triggerType, cron, timezone, inputs } = edit;
  if (triggerType !== undefined) {
    const refused = changeType(document, triggerType);
    if (refused !== null) return refused;
  }
  const triggers = listTriggers(document);
  const schedule = triggers.find(({ type }) => type === "schedule");
  for (const [name, value] of Object.entries({ cron, timezone })) {
    if (value === undefined) continue;
    if (schedule === undefined)
      return { refused: name === "cron" ? "cron" : "timezone", detail: "The worker has no schedule." };
    document.setIn([...schedule.path, name], value);
  }
  if (inputs === undefined) return null;
  const started = triggers.filter(({ type }) => type === "schedule" || type === "webhook");
  if (started.length === 0) {
    const detail = "Only schedules and webhooks hand inputs to runs, and the worker has neither.";
    return { refused: "inputs", detail };
  }
  for (const { path } of started) mergePatch(document, [...path, "inputs"], inputs);
  return null;
}

/** The one trigger becomes one of another type; a worker that has several is not guessed about. */
function changeType(document: Document, type: "manual" | "schedule" | "webhook"): EditedManifest | null {
  const triggers = listTriggers(document);
  const [first] = triggers;
  if (triggers.some((trigger) => trigger.type === type) && (type !== "manual" || triggers.length === 1))
    return null;
  if (triggers.length > 1) {
    const detail = `The worker has ${triggers.length} triggers: change them in worker.yml.`;
    return { refused: "triggerType", detail };
  }
  const made = type === "webhook" ? { type, webhook: { secret: true, allowed_methods: ["POST"] } } : { type };
  document.setIn(first?.path ?? ["trigger"], document.createNode(made));
  return null;
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Merges a patch into what stands at `path`: a null takes out, an object is merged, anything else takes the place. */
function mergePatch(document: Document, path: Path, patch: Readonly<Record<string, Json>>): void {
  resolveAlias(document, path);
  if (!isMap(document.getIn(path))) document.setIn(path, document.createNode({}));
  for (const [name, value] of Object.entries(patch)) {
    const place = [...path, name];
    if (value === null) document.deleteIn(place);
    else if (isObject(value)) mergePatch(document, place, value);
    else document.setIn(place, document.createNode(value));
  }
}

/** What stands there by reference is written out, so that a change does not reach the other places that refer to it. */
function resolveAlias(document: Document, path: Path): void {
  const node = document.getIn(path, true);
  if (isAlias(node)) document.setIn(path, document.createNode(node.toJS(document, ANY_ALIASES)));
}
