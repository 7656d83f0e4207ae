import { parseSync } from "oxc-parser";
import type { Expression, PrivateIdentifier, Program } from "oxc-parser";
import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import type { SourceFile } from "../../scripts/house/source-tree.ts";

const IN_CAPITALS = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

it("a number that a module fixes is written in capitals, so that a reader knows it from a value that moves", () => {
  const found = readSources()
    .filter(({ path }) => !isTestFile(path))
    .flatMap((file) => findSmall(file).map((name) => `${file.path}: ${name}`));
  expect(found, `${found.join("\n")}\nWrite it so: LONGEST_WAIT_MS.`).toEqual([]);
});

it("sums of fixed numbers are fixed numbers; texts, lists and what is called are not", () => {
  const text = `const kib = 1024;
export const mib = KIB * KIB;
const below = -(KIB + 1);
let passed = 0;
const A_DAY_MS = 24 * 3_600_000;
const name = "a" + "b";
const now = Date.now();
const sizes = [1, 2];
const { length } = sizes;
function wait() { const patience = 3; }
`;
  expect(findSmall({ path: "sample.ts", text })).toEqual(["kib", "mib", "below"]);
});

/** Names at the top of a file that stand for a fixed number and are not in capitals. */
function findSmall({ path, text }: SourceFile): string[] {
  return topConstants(parseSync(path, text).program)
    .filter(({ value }) => isFixedNumber(value))
    .map(({ name }) => name)
    .filter((name) => !IN_CAPITALS.test(name));
}

function topConstants(program: Program): { name: string; value: Expression }[] {
  return program.body
    .map((statement) => (statement.type === "ExportNamedDeclaration" ? statement.declaration : statement))
    .flatMap((statement) =>
      statement?.type === "VariableDeclaration" && statement.kind === "const" ? statement.declarations : [],
    )
    .flatMap(({ id, init }) =>
      id.type === "Identifier" && init !== null ? [{ name: id.name, value: init }] : [],
    );
}

/** A number, or arithmetic with numbers and names in capitals alone; of names that are added nobody knows, so one number must be there. */
function isFixedNumber(node: Expression | PrivateIdentifier): boolean {
  if (node.type === "Literal") return typeof node.value === "number";
  if (node.type === "UnaryExpression") return isFixedNumber(node.argument);
  if (node.type === "ParenthesizedExpression") return isFixedNumber(node.expression);
  if (node.type !== "BinaryExpression") return false;
  const sides = [node.left, node.right];
  if (node.operator === "+" && !sides.some(isFixedNumber)) return false;
  return sides.every(
    (side) => isFixedNumber(side) || (side.type === "Identifier" && IN_CAPITALS.test(side.name)),
  );
}
