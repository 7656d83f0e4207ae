import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lookColours, lookForms, pageLook } from "./page-look.ts";

const app = readFileSync("web/styles/tokens.css", "utf8");
const tokenOf = (name: string) => new RegExp(`--${name}: (.*);`).exec(app)?.[1];

test("the pages that the edge writes have the colours, fonts and corners of the app", () => {
  const colours = Object.entries(lookColours).map(([name, [light, dark]]) => [
    name,
    `light-dark(${light}, ${dark})`,
  ]);
  const wanted = [...colours, ...Object.entries(lookForms)];
  expect(wanted.map(([name = ""]) => [name, tokenOf(name)])).toEqual(wanted);
});

test("every name that their style uses is one that it has", () => {
  const used = new Set([...pageLook.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name));
  const known = new Set([...Object.keys(lookColours), ...Object.keys(lookForms)]);
  expect([...used].filter((name) => name === undefined || !known.has(name))).toEqual([]);
});
