import { allScopes, roleSchema } from "#contract/access/access";
import { scopesOfRole } from "#contract/access/roles";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

const all: TableRoute[] = Object.values(routes);
const nameOf = ({ method, path }: TableRoute) => code(`${method} ${path}`);

export const rolesPage: Generator = {
  file: "docs/reference/roles.md",
  render: async () => {
    const roles = roleSchema.options;
    return [
      openPage("Roles and scopes", "contract/access/roles.ts and the route table"),
      "A request is let in by a scope. A role is a list of scopes; a token has those it was given, and of a person's token those that the person's role has now. A grant of one worker opens the routes that name it, for that worker alone.\n",
      "## What each role may\n",
      buildTable(
        ["Scope", ...roles],
        allScopes.map((scope) => [
          code(scope),
          ...roles.map((role) => (scopesOfRole[role].includes(scope) ? "yes" : "")),
        ]),
      ),
      "\n## What each route asks for\n",
      "`any`: whoever has a valid credential; what they may is said with the route. `run_token`: the program of the run that the path names. `public`: everybody.\n",
      buildTable(
        ["Route", "Asks for", "Or this grant"],
        all.map((route) => [
          nameOf(route),
          code(route.access),
          route.grant === undefined ? "" : code(route.grant),
        ]),
      ),
      "",
    ].join("\n");
  },
};
