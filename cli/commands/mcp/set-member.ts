import { applyEdits, createScanner, findNodeAtLocation, modify, parse, parseTree } from "jsonc-parser";
import type { Edit, Node } from "jsonc-parser";

const FORMATTING = { insertSpaces: true, tabSize: 2 };

/**
 * A text of JSON with comments in which `group.name` is the value; all else in it stays as it is, to the last blank.
 * The text holds an object. Pure.
 */
export function setMember(text: string, [group, name]: readonly [string, string], value: object): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const groupNode = tree && findNodeAtLocation(tree, [group]);
  const edits =
    groupNode === undefined
      ? tree && addMember(text, tree, { name: group, value: { [name]: value } })
      : (replaceMember(text, groupNode, { name, value }) ?? addMember(text, groupNode, { name, value }));
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const inItsLines = edits?.map((edit) => ({ ...edit, content: edit.content.replaceAll("\n", eol) }));
  const added = inItsLines && applyEdits(text, inItsLines);
  if (added !== undefined && isIn(added, [group, name], value)) return added;
  // Nothing stands beside it, or something that is written like nothing we know.
  return applyEdits(text, modify(text, [group, name], value, { formattingOptions: { ...FORMATTING, eol } }));
}

interface Member {
  name: string;
  value: object;
}

function replaceMember(text: string, object: Node, { name, value }: Member): Edit[] | undefined {
  const before = findNodeAtLocation(object, [name]);
  if (before === undefined) return undefined;
  const { offset, length } = before;
  if (JSON.stringify(parse(text.slice(offset, offset + length))) === JSON.stringify(value)) return [];
  return [{ offset, length, content: write(value, indentAt(text, offset)) }];
}

/** Behind the last member there is, on a line of its own where that has one; undefined for an object without any. */
function addMember(text: string, object: Node, { name, value }: Member): Edit[] | undefined {
  const last = object.type === "object" ? object.children?.at(-1) : undefined;
  if (last === undefined) return undefined;
  const end = last.offset + last.length;
  const closing = object.offset + object.length - 1;
  const lineEnd = text.indexOf("\n", end);
  const isOneLine = lineEnd === -1 || lineEnd > closing;
  const indent = indentAt(text, last.offset);
  const member = `${JSON.stringify(name)}: ${isOneLine ? JSON.stringify(value) : write(value, indent)}`;
  const hasComma = findComma(text, end) !== undefined;
  if (isOneLine) return [{ offset: end, length: 0, content: `, ${member}` }];
  const comma = { offset: end, length: 0, content: "," };
  // What stands behind the last member on its line, a comment perhaps, stays with it.
  const place = text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd;
  const line = { offset: place, length: 0, content: `\n${indent}${member}${hasComma ? "," : ""}` };
  return hasComma ? [line] : [comma, line];
}

/**
 * The same text without `group.name`, and with what was added beside it for its sake: what setMember adds, this takes
 * away to the last blank. Pure.
 */
export function removeMember(text: string, path: readonly [string, string]): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const member = tree && findNodeAtLocation(tree, [...path])?.parent;
  const siblings = member?.parent?.children;
  if (member === undefined || siblings === undefined) return text;
  const end = member.offset + member.length;
  const previous = siblings[siblings.indexOf(member) - 1];
  const previousEnd = previous && previous.offset + previous.length;
  const comma = findComma(text, end);
  const lineStart = text.lastIndexOf("\n", member.offset);
  const isOwnLine = lineStart !== -1 && text.slice(lineStart, member.offset).trim() === "";
  if (previousEnd !== undefined && !isOwnLine)
    return applyEdits(text, [{ offset: previousEnd, length: end - previousEnd, content: "" }]);
  const from = isOwnLine ? lineStart - (text[lineStart - 1] === "\r" ? 1 : 0) : member.offset;
  const edits = [{ offset: from, length: (comma === undefined ? end : comma + 1) - from, content: "" }];
  const before = previousEnd === undefined ? undefined : findComma(text, previousEnd);
  // The comma before it was for its sake.
  if (comma === undefined && before !== undefined) edits.push({ offset: before, length: 1, content: "" });
  return applyEdits(text, edits);
}

/** Where the next thing is that counts, if that is a comma. */
function findComma(text: string, from: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const place = scanner.getTokenOffset();
  return text[place] === "," ? place : undefined;
}

const indentAt = (text: string, offset: number) =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset))?.[0] ?? "";

const write = (value: object, indent: string) =>
  JSON.stringify(value, null, indent.includes("\t") ? "\t" : 2).replaceAll("\n", `\n${indent}`);

function isIn(text: string, path: string[], value: object): boolean {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const node = tree && findNodeAtLocation(tree, path);
  return (
    node !== undefined &&
    JSON.stringify(parse(text.slice(node.offset, node.offset + node.length))) === JSON.stringify(value)
  );
}
