import { routes } from "#contract/routes";
import { buildOpenapi } from "../../worker/system/openapi.ts";
import packageJson from "../../package.json" with { type: "json" };
import type { Generator } from "./generator.ts";

export const openapiDocument: Generator = {
  file: "docs/reference/openapi.json",
  render: async () => {
    const info = { version: packageJson.version, origin: "http://127.0.0.1:8787" };
    return `${JSON.stringify(buildOpenapi(routes, info), null, 2)}\n`;
  },
};
