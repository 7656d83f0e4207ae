import type { AuthoredManifest } from "#contract/manifest/keys";
import type { AuthoredQuery } from "#contract/queries/query-keys";
import type { Report } from "../manifest/report.ts";
import { nodeAt, placeOf } from "../manifest/yaml-node.ts";
import type { MapNode, Place } from "../manifest/yaml-node.ts";

/** What a rule of query workers looks at. */
export interface QueryRules {
  authored: AuthoredManifest;
  query: AuthoredQuery;
  root: MapNode;
  /** Files of the folder, where they are known. */
  paths: ReadonlySet<string> | undefined;
  report: Report;
}

/** Where something of `query` stands in the file. */
export function placeIn(root: MapNode, ...path: string[]): Place {
  for (let length = path.length; length >= 0; length--) {
    const found = nodeAt(root, "query", ...path.slice(0, length));
    if (found !== undefined) return placeOf(found);
  }
  return root;
}
