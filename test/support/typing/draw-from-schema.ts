import fc from "fast-check";
import type { Json } from "#contract/json";

type Schema = Record<string, Json>;

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const numberOf = (value: Json | undefined, otherwise: number) =>
  typeof value === "number" ? value : otherwise;
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

const pad = (value: number, width = 2) => String(value).padStart(width, "0");
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${pad(year, 4)}-${pad(month)}-${pad(day)}`);
const time = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom("", ".5", ".123456"),
    fc.constantFrom("", "Z", "+02:00", "-11:30"),
  )
  .map(([hour, minute, second, part, zone]) => `${pad(hour)}:${pad(minute)}:${pad(second)}${part}${zone}`);
const digits = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });

/** What texts of a format look like. */
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date,
  time,
  "date-time": fc.tuple(date, time).map(([day, at]) => `${day}T${at}`),
  duration: fc
    .tuple(fc.nat({ max: 1e5 }), fc.nat({ max: 23 }), fc.nat({ max: 59 }), fc.constantFrom("0", "7", "1.25"))
    .map(([day, hour, minute, second]) => `P${day}DT${hour}H${minute}M${second}S`),
  decimal: fc.tuple(digits, fc.nat({ max: 999 })).map(([whole, part]) => `${whole}.${part}`),
  fraction: fc.tuple(digits, fc.integer({ min: 1, max: 99 })).map(([over, under]) => `${over}/${under}`),
  uuid: fc.uuid(),
  path: fc.constantFrom("a.txt", "out/b.csv", "/tmp/x", "."),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  "time-zone": fc.constantFrom("UTC", "Europe/Berlin"),
  "floom-file": fc.constantFrom("inputs/one.csv"),
  email: fc.constantFrom("ada@example.com"),
  uri: fc.constantFrom("https://example.com/a?b=c"),
  password: fc.string({ minLength: 1 }),
};

/** JSON of every kind. Numbers that JSON's readers agree about. */
const anything = fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)));

/** Deeper than this every choice is the shallowest one. */
const MOST_DEPTH = 5;

/** Values that a JSON Schema of a typed function accepts. `root` holds the definitions that it refers to. */
export function drawFrom(schema: Schema, root: Schema = schema, depth = 0): fc.Arbitrary<Json> {
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const named = isSchema(root["$defs"]) ? root["$defs"][reference.slice("#/$defs/".length)] : undefined;
    return drawFrom(isSchema(named) ? named : {}, root, depth);
  }
  const options = listOf(schema["enum"]);
  if (options.length > 0) return fc.constantFrom(...options);
  const branches = listOf(schema["anyOf"]).filter(isSchema);
  if (branches.length > 0) return drawBranch(branches, root, depth);
  switch (schema["type"]) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return drawInteger(schema);
    case "number":
      return drawNumber(schema);
    case "string":
      return drawText(schema);
    case "array":
      return drawArray(schema, root, depth);
    case "object":
      return drawObject(schema, root, depth);
    default:
      return anything;
  }
}

function drawBranch(branches: readonly Schema[], root: Schema, depth: number): fc.Arbitrary<Json> {
  const flat = branches.filter((branch) => !("$ref" in branch) && branch["type"] !== "array");
  const shown = depth > MOST_DEPTH && flat.length > 0 ? flat : branches;
  return fc.oneof(...shown.map((branch) => drawFrom(branch, root, depth + 1)));
}

function bounds(schema: Schema): { min: number; max: number } {
  const step = schema["type"] === "integer" ? 1 : 0.001;
  const min = numberOf(schema["minimum"], numberOf(schema["exclusiveMinimum"], -1e6 - step) + step);
  const max = numberOf(
    schema["maximum"],
    numberOf(schema["exclusiveMaximum"], Math.max(min, 1e6) + step) - step,
  );
  return { min, max: Math.max(min, max) };
}

function drawInteger(schema: Schema): fc.Arbitrary<Json> {
  const { min, max } = bounds(schema);
  const step = numberOf(schema["multipleOf"], 1);
  const whole = fc.integer({ min: Math.ceil(min / step), max: Math.floor(max / step) });
  return whole.map((value) => (value * step === 0 ? 0 : value * step));
}

function drawNumber(schema: Schema): fc.Arbitrary<Json> {
  const { min, max } = bounds(schema);
  return fc.double({ min, max, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value));
}

function drawText(schema: Schema): fc.Arbitrary<Json> {
  if (schema["contentEncoding"] === "base64")
    return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("base64"));
  const format = schema["format"];
  const known = typeof format === "string" && Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (known !== undefined) return known;
  if (typeof schema["pattern"] === "string") return fc.constant("ABC");
  const minLength = numberOf(schema["minLength"], 0);
  const maxLength = numberOf(schema["maxLength"], minLength + 12);
  return fc.string({ minLength, maxLength, unit: "binary" });
}

function drawArray(schema: Schema, root: Schema, depth: number): fc.Arbitrary<Json> {
  const prefix = listOf(schema["prefixItems"]).filter(isSchema);
  if (schema["items"] === false) return fc.tuple(...prefix.map((item) => drawFrom(item, root, depth + 1)));
  if (depth > MOST_DEPTH && numberOf(schema["minItems"], 0) === 0) return fc.constant([]);
  const item = isSchema(schema["items"]) ? drawFrom(schema["items"], root, depth + 1) : fc.string();
  const minLength = numberOf(schema["minItems"], 0);
  const maxLength = numberOf(schema["maxItems"], minLength + 3);
  const shape = { minLength, maxLength, depthIdentifier: "array" };
  return schema["uniqueItems"] === true
    ? fc.uniqueArray(item, { ...shape, selector: (value) => JSON.stringify(value) })
    : fc.array(item, shape);
}

function drawObject(schema: Schema, root: Schema, depth: number): fc.Arbitrary<Json> {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : null;
  if (properties !== null) {
    const required = listOf(schema["required"]).filter((name) => typeof name === "string");
    const isDeep = depth > MOST_DEPTH;
    const shown = Object.entries(properties).filter(([name]) => !isDeep || required.includes(name));
    const drawn = shown.map(
      ([name, inner]) => [name, drawFrom(isSchema(inner) ? inner : {}, root, depth + 1)] as const,
    );
    return fc.record(Object.fromEntries(drawn), { requiredKeys: required });
  }
  const values = schema["additionalProperties"];
  const minKeys = numberOf(schema["minProperties"], 0);
  if (depth > MOST_DEPTH && minKeys === 0) return fc.constant({});
  return fc.dictionary(
    drawKey(schema["propertyNames"]),
    isSchema(values) ? drawFrom(values, root, depth + 1) : fc.string(),
    { minKeys, maxKeys: minKeys + 3 },
  );
}

function drawKey(names: Json | undefined): fc.Arbitrary<string> {
  if (!isSchema(names)) return fc.string().filter((name) => name !== "__proto__");
  const options = listOf(names["enum"]);
  if (options.length > 0) return fc.constantFrom(...options.map(String));
  const pattern = typeof names["pattern"] === "string" ? names["pattern"] : "";
  const format = names["format"];
  if (typeof format === "string") return drawText(names).map(String);
  if (pattern.startsWith(String.raw`^-?\d+$`)) return fc.integer().map(String);
  return pattern === "" ? fc.string() : fc.integer({ min: -999, max: 999 }).map((value) => `${value / 8}`);
}
