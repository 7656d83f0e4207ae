import { expect, it } from "vitest";
import { defaultTools } from "#contract/tools/default-tools";
import { fullTools } from "#contract/tools/full-tools";
import { routes } from "#contract/routes";
import { specialTools } from "./special-tools.ts";
import { argumentsOf, toSchema } from "./tool-arguments.ts";

it("whatever the schema of a tool refers to, lies in that schema: clients compile it as it stands", () => {
  for (const { name, route } of [...defaultTools, ...fullTools]) {
    const special = specialTools[name];
    const schema: object = special === undefined ? argumentsOf(routes[route]).schema : toSchema(special.args);
    const defs = "$defs" in schema ? schema.$defs : {};
    const text = JSON.stringify(schema);
    const referred = Array.from(text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g), ([, one = ""]) => one);
    expect([name, text.match(/"\$ref":"(?!#\/\$defs\/)/)]).toEqual([name, null]);
    for (const one of referred) expect(defs, `${name} refers to ${one}`).toHaveProperty(one);
  }
});
