import { expect, it } from "vitest";
import * as z from "zod";
import { defineDocument, defineUnmarked, storedJsonSchema, storedValuesSchema } from "./stored-document.ts";

const pet = defineDocument("pet", z.object({ name: z.string(), legs: z.int().default(4) }));

it("a document is read back as it was written, and what it is too old to have gets its default", () => {
  expect(pet.read(pet.write({ name: "Ada", legs: 3 }))).toEqual({ name: "Ada", legs: 3 });
  expect(pet.read({ name: "Ada" })).toEqual({ name: "Ada", legs: 4 });
});

it("an old form is brought to the newest by its steps, each from one version to the next", () => {
  const renamed = defineDocument("pet", z.object({ title: z.string(), legs: z.int() }), [
    ({ name, ...rest }) => ({ ...rest, title: name }),
    (old) => ({ ...old, legs: 4 }),
  ]);
  expect(renamed.read({ name: "Ada" })).toEqual({ title: "Ada", legs: 4 });
  expect(renamed.read({ schema: 2, title: "Ada" })).toEqual({ title: "Ada", legs: 4 });
  expect(renamed.read({ schema: 3, title: "Ada", legs: 2 })).toEqual({ title: "Ada", legs: 2 });
});

it("what was merely added by younger code is left aside, and a document that fits nothing is named", () => {
  expect(pet.read({ schema: 1, name: "Ada", wings: 2 })).toEqual({ name: "Ada", legs: 4 });
  expect(() => pet.read({ legs: 4 })).toThrow(/stored pet \(version 1\) cannot be read/);
  expect(() => pet.read("Ada")).toThrow(/stored pet cannot be read/);
  expect(() => pet.readText("{no")).toThrow(/stored pet cannot be read: it is no JSON/);
});

it("a document of a version above ours is refused with what to do, not guessed at", () => {
  const younger = { schema: 9, name: "Ada", legs: 4 };
  expect(() => pet.read(younger)).toThrow(
    "A stored pet is of version 9, and this Floom knows it up to version 1: a newer Floom wrote it. Nothing of it was changed; run that Floom again.",
  );
  expect(younger).toEqual({ schema: 9, name: "Ada", legs: 4 });
});

it("a form that has no place for a mark is read from its text, and named when it does not fit", () => {
  const names = defineUnmarked("names", z.array(z.strictObject({ name: z.string() })));
  expect(names.readText('[{"name":"Ada","age":3}]')).toEqual([{ name: "Ada" }]);
  expect(() => names.readText("{}")).toThrow(/stored names cannot be read/);
  expect(() => names.readText("[")).toThrow(/stored names cannot be read: it is no JSON/);
});

it("keys that a strict form does not know are left aside, at any depth, and any other misfit is named", () => {
  const tag = z.strictObject({ text: z.string() });
  const strict = defineDocument("pet", z.strictObject({ name: z.string(), tags: z.array(tag) }));
  const younger = { schema: 1, name: "Ada", wings: 2, tags: [{ text: "a", color: "red" }, { text: "b" }] };
  expect(strict.read(younger)).toEqual({ name: "Ada", tags: [{ text: "a" }, { text: "b" }] });
  expect(younger.tags[0]).toEqual({ text: "a", color: "red" });
  expect(() => strict.read({ name: "Ada", wings: 2, tags: [{ color: "red" }] })).toThrow(/stored pet/);
});

it("what came in is not judged again, however deep it is", () => {
  const box = defineDocument("box", z.object({ content: storedJsonSchema, values: storedValuesSchema }));
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const deep = { content: nested(3000), values: { a: nested(3000) } };
  expect(box.read(deep).values["a"]).toBe(deep.values.a);
  expect(() => box.read({ content: undefined, values: {} })).toThrow(/stored box/);
  expect(() => box.read({ content: 1, values: [] })).toThrow(/stored box/);
});
