import { expect, it } from "vitest";
import { fillTemplate } from "./fill-template.ts";

const values = {
  run: { id: "run_1", status: "completed" },
  delivery: { id: "dlv_1" },
  outputs: { count: 3, list: [1, 2], none: null },
  payload: { text: 'say "hi" & <go>', nested: { deep: true } },
};
const fill = (template: string, type = "application/json") => fillTemplate(template, values, type);

it("JSON stays JSON whatever is filled in", () => {
  const text = fill(
    '{"t":"{{payload.text}}","n":{{outputs.count}},"l":{{outputs.list}},"z":{{outputs.none}}}',
  );
  expect(JSON.parse(text)).toEqual({ t: 'say "hi" & <go>', n: 3, l: [1, 2], z: null });
});

it("XML gets no markup of the sender's, and text is text", () => {
  expect(fill("<a>{{payload.text}}</a>", "application/xml")).toBe(
    "<a>say &quot;hi&quot; &amp; &lt;go&gt;</a>",
  );
  expect(fill("{{ payload.text }}", "text/plain")).toBe('say "hi" & <go>');
});

it("what does not exist is nothing, and what is no placeholder stays", () => {
  expect(
    fill("{{payload.a.b}}|{{run.constructor}}|{{outputs.list.length}}|{{x}}|{run.id}", "text/plain"),
  ).toBe("||2|{{x}}|{run.id}");
});
