import { expect, it } from "vitest";
import { asksPeople } from "./asks-people.ts";
import { fileOf } from "./bundle-file.ts";

const folder = (path: string, text: string) => [
  fileOf("README.md", new TextEncoder().encode("floom.approve")),
  fileOf(path, new TextEncoder().encode(text)),
];

it("code asks in whichever of its languages and ways, and words beside the code are none", async () => {
  const asking: [string, string][] = [
    ["run.py", "floom.approve('Send it')"],
    ["run.py", "from floom import approve"],
    ["run.py", "if inputs['decision'] == 'approved':"],
    ["lib/send.mjs", "await approve('Send it');"],
    ["run.js", "result.decision_required = { label: 'Send it' };"],
    ["run.sh", '[ "$FLOOM_DECISION" = approved ]'],
  ];
  for (const [path, text] of asking) expect(await asksPeople(folder(path, text)), text).toBe(true);
  const silent: [string, string][] = [
    ["run.py", "print('done')"],
    ["run.py", "print('approved, decisions, disapprove')"],
    ["data.json", '{"decision": 1}'],
  ];
  for (const [path, text] of silent) expect(await asksPeople(folder(path, text)), text).toBe(false);
});
