import { expect, it } from "vitest";
import * as z from "zod";
import { defineDocument } from "./stored-document.ts";

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

it("a document of a younger version is read as far as it is known, one that fits nothing is named", () => {
  expect(pet.read({ schema: 9, name: "Ada", wings: 2 })).toEqual({ name: "Ada", legs: 4 });
  expect(() => pet.read({ legs: 4 })).toThrow(/stored pet \(version 1\) cannot be read/);
});
