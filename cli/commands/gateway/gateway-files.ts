import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Files } from "../../gateway/convert-gateway.ts";
import { openYaml } from "../../gateway/yaml-source.ts";
import type { YamlSource } from "../../gateway/yaml-source.ts";

/** More than this is no configuration. */
const MOST_BYTES = 1024 * 1024;
const MOST_COUNCILS = 100;

/** The files that a gateway may name: those below its own folder, the two above it, and where the command was called. */
export function openGatewayFiles(
  file: string,
  { cwd, models, stubs }: { cwd: string } & Pick<Files, "models" | "stubs">,
): Files {
  const own = dirname(file);
  const roots = [...new Set([own, cwd, resolve(own, ".."), resolve(own, "../..")])];
  const find = (path: string): string | null => {
    if (isAbsolute(path) || path.includes("\0")) return null;
    return (
      roots.map((root) => findWithin(roots, resolve(root, path))).find((found) => found !== null) ?? null
    );
  };
  const shown = (path: string) => relative(cwd, path) || path;
  const readText = (path: string): string | null => {
    const found = find(path);
    return found !== null && statSync(found).isFile() ? readSmall(found) : null;
  };
  return {
    models,
    stubs,
    readText,
    readTable: (path, table) => {
      const found = find(path);
      return found !== null && statSync(found).isFile() ? readColumns(found, table) : null;
    },
    readConfig: (path) => {
      const found = find(path);
      const text = found === null ? null : readText(path);
      if (found === null || text === null)
        return `There is no file ${path} in the gateway's folder or the two above it, or it is larger than 1 MiB.`;
      return openYaml(shown(found), text);
    },
    listConfigs: (folder) => {
      const found = find(folder);
      if (found === null || !statSync(found).isDirectory()) return [];
      return readdirSync(found)
        .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("_"))
        .toSorted()
        .slice(0, MOST_COUNCILS)
        .flatMap((name): YamlSource[] => {
          const place = findWithin(roots, join(found, name));
          const text = place === null ? null : readSmall(place);
          return place === null || text === null ? [] : [openYaml(shown(place), text)];
        });
    },
  };
}

/** The real place of a path, if it is there and within one of the roots, wherever links lead. */
function findWithin(roots: readonly string[], path: string): string | null {
  try {
    const real = realpathSync(path);
    return roots.some((root) => `${real}${sep}`.startsWith(`${realpathSync(root)}${sep}`)) ? real : null;
  } catch {
    return null;
  }
}

const SQLITE_MAGIC = "SQLite format 3\0";

/** What the columns of a table are declared as; null for what is no SQLite file, or has no such table. Nothing is written. */
function readColumns(file: string, table: string): Record<string, string> | null {
  const head = Buffer.alloc(SQLITE_MAGIC.length);
  const opened = openSync(file, "r");
  try {
    readSync(opened, head);
  } finally {
    closeSync(opened);
  }
  if (head.toString("latin1") !== SQLITE_MAGIC) return null;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare("SELECT name, type FROM pragma_table_info(?)").all(table);
    database.close();
    const columns = rows.map(({ name, type }): [string, string] => [String(name), String(type)]);
    return columns.length === 0 ? null : Object.fromEntries(columns);
  } catch {
    // It begins as one does, and is damaged.
    return null;
  }
}

function readSmall(path: string): string | null {
  const { size } = statSync(path);
  return size > MOST_BYTES ? null : readFileSync(path, "utf8");
}
