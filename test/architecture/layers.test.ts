import { dirname } from "node:path";
import { expect, it } from "vitest";
import { drawHouse } from "../../scripts/house/room-graph.ts";
import { doing, findForbidden, roomArrows } from "./layers.ts";
import { isTestFile, readImports, readSources } from "../../scripts/house/source-tree.ts";

const sources = readSources().filter((file) => !isTestFile(file.path));

it("every import goes along an arrow that the house allows", () => {
  const forbidden = sources.flatMap(readImports).flatMap(findForbidden);
  expect(forbidden, forbidden.join("\n")).toEqual([]);
});

it("a forbidden arrow is found and explained", () => {
  const sample = {
    path: "web/pages/home.tsx",
    text: 'import type { RunRow } from "../../worker/platform/db/schema/runs.ts";',
  };
  expect(readImports(sample).flatMap(findForbidden)).toEqual([
    expect.stringContaining(
      "web/pages/home.tsx -> worker/platform/db/schema/runs.ts\n    web, cli and sandbox",
    ),
  ]);
});

it("a vendor is known to its one importer", () => {
  const sample = { path: "worker/runs/engine/launch.ts", text: 'const sdk = await import("e2b");' };
  expect(readImports(sample).flatMap(findForbidden).join()).toContain("e2b-driver alone");
});

it("a file of the edge or the contract is pure unless its name says that it does something", () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bgetRandomValues\(|(?<![.\w])fetch\(/;
  const found = sources
    .filter((file) => /^(?:worker|contract)\//.test(file.path))
    .filter((file) => !doing.test(file.path) && file.path !== "contract/client.ts")
    .filter((file) => impure.test(file.text))
    .map((file) => `${file.path}: ${impure.exec(file.text)?.[0]}`);
  expect(found, found.join("\n")).toEqual([]);
});

it("no query takes a list as so many parameters: the database takes a hundred, and a list has no end", () => {
  const found = sources.filter(({ path, text }) => path.startsWith("worker/") && /\binArray\b/.test(text));
  expect(found.map(({ path }) => `${path}: say idIsOneOf`)).toEqual([]);
});

it("the list of rooms leads downwards only: nobody can be asked by whom he asks", () => {
  const order = Object.keys(roomArrows);
  const upwards = Object.entries(roomArrows).flatMap(([room, asked]) =>
    asked
      .filter((other) => !order.includes(other) || order.indexOf(other) >= order.indexOf(room))
      .map((other) => `${room} -> ${other}`),
  );
  expect(upwards).toEqual([]);
});

it("no room asks in a circle, in any part of the project, and none holds more than twenty files", () => {
  const house = drawHouse(
    sources.map(({ path }) => path),
    sources.flatMap(readImports),
  );
  expect(house.circles).toEqual([]);
  expect(house.climbing.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  const level = Map.groupBy(
    sources.map(({ path }) => path),
    (path) => dirname(path),
  );
  const crowded = [...level].filter(([, files]) => files.length > 20).map(([folder]) => folder);
  expect(crowded).toEqual([]);
});

it("no file passes on what others export: a name is imported from where it is", () => {
  const passesOn = /^export (?:type )?(?:\*|\{[^}]*\}) from /m;
  const found = sources
    .filter((file) => /^(?:worker|contract|cli|web|sandbox)\//.test(file.path))
    .filter((file) => passesOn.test(file.text) && file.path !== "worker/index.ts")
    .map((file) => file.path);
  expect(found, found.join("\n")).toEqual([]);
});

it("a refusal is caught where it becomes an answer, and by attempt, nowhere else", () => {
  const catchers = /^worker\/(?:http\/|objects\/|platform\/attempt\.ts$)/;
  const found = sources
    .filter((file) => file.path.startsWith("worker/") && !catchers.test(file.path))
    .filter((file) => /instanceof AppError\b/.test(file.text))
    .map((file) => file.path);
  expect(found, found.join("\n")).toEqual([]);
});

it("only env.ts reads the bindings, only objects.ts knows the names of Durable Objects", () => {
  const found = sources
    .filter((file) => file.path.startsWith("worker/"))
    .filter((file) => !["worker/compose/stubs.ts", "worker/env.ts"].includes(file.path))
    .filter((file) => /\benv\.[A-Z]\w*_OBJECT\b/.test(file.text))
    .map((file) => file.path);
  expect(found, found.join("\n")).toEqual([]);
});
