import type { SyntaxNode } from "@lezer/common";
import { childrenOf } from "./python-expression.ts";
import type { SourceText } from "./python-expression.ts";

/** What stands between two commas of a parameter list: a parameter, or one of the marks `/` and `*`. */
export interface ParameterPiece {
  mark: "/" | "*" | null;
  nodes: SyntaxNode[];
  /** Where it begins in the source. */
  from: number;
}

/** The pieces of a list. The parser leaves a lone `/` out, so that its place alone tells of it. */
export function splitParameters(list: SyntaxNode, text: SourceText): ParameterPiece[] {
  const pieces: ParameterPiece[] = [];
  let nodes: SyntaxNode[] = [];
  let from = list.from + 1;
  const close = (to: number) => {
    const [first, second] = nodes;
    const gap = text.slice({ from, to }).replaceAll(/#.*/g, "");
    if (first === undefined && gap.includes("/")) pieces.push({ mark: "/", nodes, from });
    else if (first?.name === "*" && second === undefined) pieces.push({ mark: "*", nodes, from: first.from });
    else if (first !== undefined) pieces.push({ mark: null, nodes, from: first.from });
    nodes = [];
  };
  for (const part of childrenOf(list)) {
    if (part.name === ",") {
      close(part.from);
      from = part.to;
    } else if (part.name !== "(" && part.name !== ")") nodes.push(part);
  }
  close(list.to);
  return pieces;
}

/** Where a list is in no order that Python takes: marks twice or first, or a parameter without a default behind one with. */
export function findOrderFault(pieces: readonly ParameterPiece[], text: SourceText): number | null {
  const names = pieces.map(({ nodes }) => nameIn(nodes, text));
  const star = pieces.findIndex(({ nodes }) => nodes[0]?.name === "*");
  const fault = pieces.find((piece, index) => {
    const before = pieces.slice(0, index);
    const isBehindStar = star !== -1 && star < index;
    if (before.some(({ nodes }) => nodes[0]?.name === "**")) return true;
    if (piece.mark === "/") return index === 0 || isBehindStar || before.some(({ mark }) => mark === "/");
    if (piece.nodes[0]?.name === "*" && isBehindStar) return true;
    if (piece.mark === "*") return isLastOfNames(pieces, index);
    if (names.slice(0, index).includes(names[index] ?? null)) return true;
    const isPlain = piece.nodes[0]?.name === "VariableName" && !isBehindStar;
    return isPlain && !hasDefault(piece) && before.some(hasDefault);
  });
  return fault?.from ?? null;
}

const hasDefault = ({ nodes }: ParameterPiece) => nodes.some((node) => node.name === "AssignOp");

function nameIn(nodes: readonly SyntaxNode[], text: SourceText): string | null {
  const name = nodes.find((node) => node.name === "VariableName");
  return name === undefined ? null : text.slice(name);
}

/** A lone `*` needs a name behind it. */
function isLastOfNames(pieces: readonly ParameterPiece[], index: number): boolean {
  const next = pieces[index + 1];
  return next === undefined || next.mark !== null || next.nodes[0]?.name === "**";
}
