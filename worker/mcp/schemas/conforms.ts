import type { Json } from "#contract/json";
import type { Schema } from "./loosen.ts";
import { typeOf } from "./loosen.ts";

/** Whether a value is what such a loose schema says: nothing but types, members, items and alternatives. Pure. */
export function conforms(value: Json, schema: Json | undefined): boolean {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return true;
  const { anyOf, type } = schema;
  if (Array.isArray(anyOf) && !anyOf.some((one) => conforms(value, one))) return false;
  const types = [type ?? []].flat();
  if (types.length > 0 && !types.some((one) => isOf(value, one))) return false;
  return Array.isArray(value) ? hasItems(value, schema) : hasMembers(value, schema);
}

function isOf(value: Json, type: Json): boolean {
  const own = typeOf(value);
  return own === type || (type === "integer" && Number.isInteger(value));
}

const hasItems = (items: readonly Json[], schema: Schema) =>
  schema["items"] === undefined || items.every((one) => conforms(one, schema["items"]));

function hasMembers(value: Json, { properties }: Schema): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return true;
  return Object.entries(value).every(
    ([name, one]) => !Object.hasOwn(properties, name) || conforms(one, properties[name]),
  );
}
