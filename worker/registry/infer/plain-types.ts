import type { Schema } from "./typing.ts";

const text = (more: Schema = {}): Schema => ({ type: "string", ...more });
const file = (accepts: readonly string[]): Schema =>
  text({ format: "floom-file", ...(accepts.length > 0 && { "x-floom-accept": [...accepts] }) });
const number = (more: Schema = {}): Schema => ({ type: "number", ...more });
const integer = (more: Schema = {}): Schema => ({ type: "integer", ...more });

/**
 * The types without parameters, by their whole name; `null` stands for "anything that JSON can say". How each looks on
 * the wire is part of the documented subset: dates and times as RFC 3339, durations as ISO 8601, decimals as text so
 * that no digit is lost, bytes as base64, files as the id of an upload.
 */
const plainTypes: Readonly<Record<string, Schema>> = {
  str: text(),
  int: integer(),
  float: number(),
  bool: { type: "boolean" },
  bytes: text({ contentEncoding: "base64" }),
  bytearray: text({ contentEncoding: "base64" }),
  None: { type: "null" },
  object: {},
  "typing.Any": {},
  "typing.AnyStr": text(),
  "typing.LiteralString": text(),
  "datetime.date": text({ format: "date" }),
  "datetime.datetime": text({ format: "date-time" }),
  "datetime.time": text({ format: "time" }),
  "datetime.timedelta": text({ format: "duration" }),
  "decimal.Decimal": text({ format: "decimal", pattern: "^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?$" }),
  "fractions.Fraction": text({ format: "fraction", pattern: "^[+-]?\\d+(/\\d+)?$" }),
  "uuid.UUID": text({ format: "uuid" }),
  "pathlib.Path": text({ format: "path" }),
  "pathlib.PurePath": text({ format: "path" }),
  "pathlib.PosixPath": text({ format: "path" }),
  "ipaddress.IPv4Address": text({ format: "ipv4" }),
  "ipaddress.IPv6Address": text({ format: "ipv6" }),
  "zoneinfo.ZoneInfo": text({ format: "time-zone" }),
  "floom.File": file([]),
  "floom.Image": file(["image/*"]),
  "floom.Table": file([".csv", ".tsv", ".json", "text/csv"]),
  "floom.Markdown": text({ contentMediaType: "text/markdown" }),
  "floom.Html": text({ contentMediaType: "text/html" }),
  "floom.Code": text({ "x-floom-widget": "code" }),
  "pydantic.EmailStr": text({ format: "email" }),
  "pydantic.AnyUrl": text({ format: "uri" }),
  "pydantic.AnyHttpUrl": text({ format: "uri", pattern: "^https?://" }),
  "pydantic.HttpUrl": text({ format: "uri", pattern: "^https?://" }),
  "pydantic.SecretStr": text({ format: "password" }),
  "pydantic.UUID1": text({ format: "uuid" }),
  "pydantic.UUID3": text({ format: "uuid" }),
  "pydantic.UUID4": text({ format: "uuid" }),
  "pydantic.UUID5": text({ format: "uuid" }),
  "pydantic.PositiveInt": integer({ exclusiveMinimum: 0 }),
  "pydantic.NonNegativeInt": integer({ minimum: 0 }),
  "pydantic.NegativeInt": integer({ exclusiveMaximum: 0 }),
  "pydantic.NonPositiveInt": integer({ maximum: 0 }),
  "pydantic.PositiveFloat": number({ exclusiveMinimum: 0 }),
  "pydantic.NonNegativeFloat": number({ minimum: 0 }),
  "pydantic.NegativeFloat": number({ exclusiveMaximum: 0 }),
  "pydantic.NonPositiveFloat": number({ maximum: 0 }),
  "pydantic.FiniteFloat": number(),
  "pydantic.StrictStr": text(),
  "pydantic.StrictInt": integer(),
  "pydantic.StrictFloat": number(),
  "pydantic.StrictBool": { type: "boolean" },
  "pydantic.Json": {},
  "pydantic.JsonValue": {},
  "pydantic.PastDate": text({ format: "date" }),
  "pydantic.FutureDate": text({ format: "date" }),
  "pydantic.AwareDatetime": text({ format: "date-time" }),
  "pydantic.NaiveDatetime": text({ format: "date-time" }),
};

/** The schema of a type without parameters, by its whole name; null for one that is not in the subset. */
export function plainSchema(path: string): Schema | null {
  const known = Object.hasOwn(plainTypes, path) ? plainTypes[path] : undefined;
  return known === undefined ? null : { ...known };
}

export type CollectionForm = "array" | "set" | "tuple" | "object";

const collections: Readonly<Record<string, CollectionForm>> = {
  list: "array",
  "typing.Sequence": "array",
  "typing.MutableSequence": "array",
  "typing.Iterable": "array",
  "typing.Collection": "array",
  "typing.Deque": "array",
  "collections.deque": "array",
  set: "set",
  frozenset: "set",
  "typing.AbstractSet": "set",
  "typing.Set": "set",
  "typing.MutableSet": "set",
  tuple: "tuple",
  dict: "object",
  "typing.Mapping": "object",
  "typing.MutableMapping": "object",
  "typing.OrderedDict": "object",
  "typing.DefaultDict": "object",
  "collections.OrderedDict": "object",
  "collections.defaultdict": "object",
};

export function collectionForm(path: string): CollectionForm | null {
  return (Object.hasOwn(collections, path) && collections[path]) || null;
}

/** What stands in for a type that a form cannot show, by its whole name. */
const advice: Readonly<Record<string, string>> = {
  "typing.Callable": "Take the name of what to do as a Literal, and call it yourself.",
  "typing.IO": "Take a floom.File; its path can be opened.",
  "typing.TextIO": "Take a floom.File; its path can be opened.",
  "typing.BinaryIO": "Take a floom.File; its path can be opened.",
  "io.BytesIO": "Take a floom.File, or bytes.",
  "io.StringIO": "Take a floom.File, or str.",
  "pandas.DataFrame":
    "Take a floom.Table: `.rows` are its rows, and pandas.DataFrame(table.rows) makes a frame.",
  "polars.DataFrame": "Take a floom.Table: `.rows` are its rows.",
  "PIL.Image.Image": "Take a floom.Image: PIL.Image.open(image.path) opens it.",
  "numpy.ndarray": "Take list[float], or list[list[float]].",
  complex: "Take two floats.",
  type: "Take the name as a Literal.",
  "re.Pattern": "Take a str, and compile it yourself.",
  "typing.TypeVar": "Write the types that are meant, as a union.",
};

/** What to write instead of a type that is not in the subset. */
export function adviceFor(path: string): string {
  return advice[path] ?? "Take text, a number, a list, a dict, a dataclass or a TypedDict.";
}
