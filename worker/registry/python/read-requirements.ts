import { normalize } from "./distributions.ts";

/** A distribution that requirements.txt names, with the line there. */
export interface NamedDistribution {
  distribution: string;
  line: number;
}

/** So many files read each other. */
const MOST_FILES = 5;

/** What requirements.txt, and the files that it reads, name; wheels of the folder by their file's name. Pure. */
export function readRequirements(
  files: ReadonlyMap<string, string>,
  path = "requirements.txt",
  depth = 0,
): NamedDistribution[] {
  const lines = (files.get(path) ?? "").replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  return lines.flatMap((whole, index): NamedDistribution[] => {
    const line = whole.replace(/(?:^|\s)#.*$/, "").trim();
    const more = /^(?:-r|--requirement)[\s=]*(\S+)$/.exec(line)?.[1];
    const inner =
      more === undefined || depth >= MOST_FILES
        ? [nameOf(line)]
        : readRequirements(files, more.replace(/^\.\//, ""), depth + 1).map((one) => one.distribution);
    return inner.flatMap((distribution) =>
      distribution === null ? [] : [{ distribution, line: index + 1 }],
    );
  });
}

function nameOf(line: string): string | null {
  const wheel = /([^/\\]+?)-\d[^/\\]*\.(?:whl|tar\.gz|zip)$/.exec(line)?.[1];
  if (wheel !== undefined && !line.includes(" @ ")) return normalize(wheel);
  const egg = /#egg=([\w.-]+)/.exec(line)?.[1];
  if (egg !== undefined) return normalize(egg);
  const repository = /^(?:-e\s+)?git\+\S*?\/([\w.-]+?)(?:\.git)?(?:@\S*)?$/.exec(line)?.[1];
  if (repository !== undefined) return normalize(repository);
  const plain = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[|[<>=!~;@]|$)/.exec(line)?.[1];
  return plain === undefined ? null : normalize(plain);
}
