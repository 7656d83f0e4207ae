"use strict";
// Calls an exported function of a worker's file: inputs become what its JSDoc says, what it returns becomes outputs.
// JavaScript forgets types, so that what they were comes along as the action's schemas, in FLOOM_ACTION_SCHEMA.
const { existsSync, readFileSync, realpathSync, writeFileSync } = require("node:fs");
const { register } = require("node:module");
const { join, relative, resolve, sep } = require("node:path");
const { pathToFileURL } = require("node:url");
const { inputs } = require("./index.js");
const { File, Image, Table } = require("./_files.js");
const { tellPieces } = require("./_partial.js");

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

class BadInput extends Error {
  constructor(pointer, detail) {
    super(`The input ${pointer || "/"}: ${detail}`);
  }
}

const below = (pointer, key) => `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** A value as its schema says. Throws BadInput with the place of what does not fit. */
function read(schema, value, pointer, root) {
  if (typeof schema.$ref === "string")
    return read(root.$defs[schema.$ref.slice("#/$defs/".length)], value, pointer, root);
  if (Array.isArray(schema.anyOf)) return readAny(schema.anyOf, value, pointer, root);
  if (Array.isArray(schema.enum)) {
    if (schema.enum.includes(value)) return value;
    throw new BadInput(pointer, `must be one of ${schema.enum.map((one) => JSON.stringify(one)).join(", ")}`);
  }
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const wanted = schema.type === "integer" ? "number" : schema.type;
  if (wanted !== undefined && kind !== wanted)
    throw new BadInput(pointer, `must be ${schema.type}, not ${kind}`);
  if (kind === "string") return readText(schema, value, pointer);
  if (kind === "array") {
    const items = value.map((item, index) =>
      read(schema.prefixItems?.[index] ?? (schema.items || {}), item, below(pointer, index), root),
    );
    return schema.uniqueItems === true ? new Set(items) : items;
  }
  return kind === "object" ? readObject(schema, value, pointer, root) : value;
}

/** The first that fits; one that makes something of a text goes before plain text. */
function readAny(branches, value, pointer, root) {
  const isPlain = (branch) =>
    branch.type === "string" && branch.format === undefined && branch.enum === undefined;
  const faults = [];
  for (const branch of branches.toSorted((a, b) => Number(isPlain(a)) - Number(isPlain(b)))) {
    try {
      return read(branch, value, pointer, root);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      faults.push(error);
    }
  }
  throw faults[0];
}

function readText(schema, value, pointer) {
  const refuse = (what) => {
    throw new BadInput(pointer, `must be ${what}, not ${JSON.stringify(value)}`);
  };
  if (schema.contentEncoding === "base64") return Buffer.from(value, "base64");
  switch (schema.format) {
    case "date-time": {
      const date = new Date(value);
      return Number.isNaN(date.getTime()) ? refuse("a date and time as 2024-12-31T23:59:00Z") : date;
    }
    case "uri":
      return URL.canParse(value) ? new URL(value) : refuse("an address");
    case "integer":
      return /^-?\d+$/.test(value) ? BigInt(value) : refuse("a whole number");
    case "floom-file": {
      if (!existsSync(value)) refuse("a file that is there");
      const accept = schema["x-floom-accept"] ?? [];
      const Kind = accept.includes("image/*") ? Image : accept.includes("text/csv") ? Table : File;
      return new Kind(value);
    }
    default:
      return value;
  }
}

function readObject(schema, value, pointer, root) {
  const { properties, additionalProperties } = schema;
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(value, name)) throw new BadInput(below(pointer, name), "is missing");
  const entries = Object.entries(value).map(([name, inner]) => {
    const own = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own === undefined && additionalProperties === false)
      throw new BadInput(below(pointer, name), "is no field");
    const rule = own ?? (isObject(additionalProperties) ? additionalProperties : {});
    return [name, read(rule, inner, below(pointer, name), root)];
  });
  return Object.fromEntries(entries);
}

/** Makes JSON of what a function returned; files are kept beside, as artifacts. */
class Writer {
  artifacts = [];

  async write(value, pointer = "") {
    if (value === null || value === undefined) return null;
    if (typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") {
      if (Number.isFinite(value)) return value;
      throw new TypeError(`${pointer || "what"} was returned as ${value}, which JSON has no word for`);
    }
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (typeof value !== "object")
      throw new TypeError(
        `${pointer || "what was returned"} is a ${typeof value}, which cannot be written as JSON`,
      );
    if (value instanceof File) return this.#file(value);
    if (value instanceof Uint8Array) return this.#file(File.fromBytes(value, nameOf(value)));
    if (value instanceof URL) return value.href;
    if (typeof value.toJSON === "function") return this.write(value.toJSON(), pointer);
    if (value instanceof Map) return this.write(Object.fromEntries(value), pointer);
    const isList = Array.isArray(value) || Symbol.iterator in value || Symbol.asyncIterator in value;
    if (!isList) return this.#object(value, pointer);
    const items = [];
    for await (const item of value) items.push(await this.write(item, below(pointer, items.length)));
    return items;
  }

  async #object(value, pointer) {
    const shown = {};
    for (const [key, inner] of Object.entries(value))
      if (inner !== undefined) shown[key] = await this.write(inner, below(pointer, key));
    return shown;
  }

  #file(file) {
    const folder = realpathSync(process.env.FLOOM_OUTPUT_DIR ?? ".");
    let place = realpathSync(file.path);
    if (!place.startsWith(folder + sep))
      place = realpathSync(File.fromBytes(file.readBytes(), file.name).path);
    const path = relative(folder, place);
    if (this.artifacts.every((one) => one.path !== path))
      this.artifacts.push({ path, name: file.name, type: file.mediaType });
    return path;
  }
}

/** What bytes are called by how they begin. */
function nameOf(bytes) {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  const names = { "\x89PNG": "png", "%PDF": "pdf", "PK\x03\x04": "zip", GIF8: "gif" };
  return `result.${names[start] ?? (start.startsWith("\xff\xd8\xff") ? "jpg" : "bin")}`;
}

function findAction(module, name) {
  const whole = module.default;
  const named =
    module[name] ?? (typeof whole === "object" && whole !== null ? whole[name] : undefined) ?? whole;
  if (typeof named !== "function") throw new Error(`the file exports no function for the action ${name}`);
  return named;
}

/**
 * Lets Node below 20.19 and 22.7 take a `.js` file as the module that it is written as; later ones see it themselves.
 * What was installed says what it is.
 */
function takeModules(entry) {
  const isModule = /^\s*(?:import|export)\b/m.test(readFileSync(entry, "utf8"));
  if (!entry.endsWith(".js") || !isModule || process.features.require_module) return;
  const folder = pathToFileURL(resolve(".") + sep).href;
  const hook = `export const load = (url, context, next) => {
    const isOurs = url.startsWith(${JSON.stringify(folder)}) && url.endsWith(".js") && !url.includes("/node_modules/");
    return next(url, isOurs ? { ...context, format: "module" } : context);
  };`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

/** Whether it hands back its pieces one after the other, as generator functions do. */
const isStream = (value) =>
  isObject(value) &&
  typeof value.next === "function" &&
  (Symbol.iterator in value || Symbol.asyncIterator in value);

/** Whether the pieces are parts of a text, by what the function says that it returns. */
const isText = ({ type, items }) =>
  type === "array" && items?.type === "string" && items.format === undefined && items.enum === undefined;

async function main(entry) {
  const { input_schema: schema, output_schema: promised = {} } = JSON.parse(process.env.FLOOM_ACTION_SCHEMA);
  const write = (document) =>
    writeFileSync(join(process.env.FLOOM_OUTPUT_DIR ?? ".", "result.json"), JSON.stringify(document));
  let given;
  try {
    const known = Object.entries(inputs()).filter(([name]) => Object.hasOwn(schema.properties, name));
    given = read(schema, Object.fromEntries(known), "", schema);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    write({ status: "error", error_code: "invalid_inputs", error: error.message });
    return;
  }
  takeModules(entry);
  const action = findAction(await import(pathToFileURL(resolve(entry)).href), process.env.FLOOM_ACTION);
  const isTakenApart = schema["x-floom-argument"] === "object";
  const args = isTakenApart ? [given] : Object.keys(schema.properties).map((name) => given[name]);
  const writer = new Writer();
  const returned = await action(...args);
  const value = await writer.write(isStream(returned) ? tellPieces(returned, isText(promised)) : returned);
  const target =
    promised.$ref === undefined ? promised : promised.$defs[promised.$ref.slice("#/$defs/".length)];
  const isOpen = Object.keys(promised).every((key) => key.startsWith("$schema"));
  const isKeys = isObject(value) && (isOpen || target.type === "object");
  const outputs = isKeys ? value : value === null && isOpen ? {} : { result: value };
  write({ status: "success", outputs, artifacts: writer.artifacts });
}

main(process.argv[2]);
