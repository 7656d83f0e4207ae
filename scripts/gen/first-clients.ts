import { localTools, originalTools } from "#contract/compat/tools";
import type { OriginalTool } from "#contract/compat/tools";
import { originalAnswers } from "#contract/compat/answers";
import { HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { buildTable, code, openPage } from "./generator.ts";
import type { Generator } from "./generator.ts";

/** The test names several runs; a reader wants to know that it is one. */
const request = ({ method, path }: OriginalTool) =>
  code(`${method} ${path.replace(/\{(?:otherRun|asking)\}/, "{run}")}`);

export const firstClientsPage: Generator = {
  file: "docs/reference/first-clients.md",
  render: async () => {
    const working = originalTools.filter(({ missing }) => missing === undefined);
    const lacking = originalTools.filter(({ missing }) => missing !== undefined);
    const all: TableRoute[] = Object.values(routes);
    const shaped = all.filter(({ id }) => originalAnswers[id] !== undefined);
    return [
      openPage("Clients of the first Floom", "contract/compat/"),
      "The MCP server and the command line of the first Floom talk to this server unchanged: with a token (`x-floom-token`, paths below `/api`), or with the shared secret (`x-floom-secret`, paths without). Both headers take any token of the workspace. Why it is so: [decision 0022](../decisions/0022-the-first-clients-shapes.md).\n",
      "## Tools that work\n",
      `${localTools.map(code).join(", ")} ask no server. These are driven by a test in all three modes:\n`,
      buildTable(
        ["Tool", "Request"],
        working.map((tool) => [code(tool.tool), request(tool)]),
      ),
      "",
      "`workers.rollback` takes the id that `workers.versions` lists. `workers.update` writes worker.yml and makes a version. `runs.list` takes several statuses with commas; `success` is `completed`, `error` is `failed`.\n",
      "## Tools whose feature is not here\n",
      "They are refused with 501 [feature_missing](problems.md#feature_missing), whose detail names what is missing.\n",
      buildTable(
        ["Tool", "Request", "What is missing"],
        lacking.map((tool) => [code(tool.tool), request(tool), tool.missing ?? ""]),
      ),
      "",
      "## Commands\n",
      "`workers push|list|show|info|delete|enable|disable`, `run`, `runs list|show|logs|download|approve|reject|cancel`, `doctor` and `whoami` work. `login`, `workspaces`, `secrets`, `contexts`, `connections` and `mcp` need what is not here: put the token into `WORKEROS_API_SECRET`, or with `WORKEROS_CLOUD=1` into `WORKEROS_API_TOKEN`, and the address into `WORKEROS_API_BASE`.\n",
      "## Answers in another shape\n",
      `These routes answer them in their shape, and this server's own to ${code(`Accept: ${HOUSE_MEDIA_TYPE}`)}:\n`,
      buildTable(
        ["Route", "They get"],
        shaped.map(({ id, method, path }) => [
          code(`${method} ${path}`),
          originalAnswers[id]?.description ?? "",
        ]),
      ),
      "",
    ].join("\n");
  },
};
