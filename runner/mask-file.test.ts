import { afterEach, beforeEach, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

it("a secret in a text file that a script leaves is kept as ***, in a file that is no text it stays for the edge to refuse", async () => {
  verifies("secrets:redaction:files");
  const source = `
import base64, os, json
os.makedirs("out", exist_ok=True)
key = os.environ["API_KEY"]
open("out/a.txt", "w").write("key=" + key + "; ä; " + base64.b64encode(key.encode()).decode())
open("out/b.bin", "wb").write(b"\\0" + key.encode())
open("out/c.txt", "w").write("nothing")
open("out/d.txt", "w").write(os.environ["BOUND"])
names = ["a.txt", "b.bin", "c.txt", "d.txt"]
json.dump({"outputs": {}, "artifacts": ["out/" + name for name in names]}, open("result.json", "w"))
`;
  const secrets = { API_KEY: "sk-live-0123456789", BOUND: "${secret:BOUND}" };
  const { result, lines } = await lab.run({ files: { "run.py": source }, config: { secrets } });
  expect(result).toMatchObject({ error: null });
  const bodyOf = (path: string) => lab.edge.files.get(path)?.body.toString();
  expect(bodyOf("out/a.txt")).toBe("key=***; ä; ***");
  expect(bodyOf("out/b.bin")).toBe("\0sk-live-0123456789");
  expect(bodyOf("out/c.txt")).toBe("nothing");
  expect(bodyOf("out/d.txt")).toBe("${secret:BOUND}");
  const told = lines("system").filter((line) => line.includes("held a secret"));
  expect(told).toEqual(["The file out/a.txt held a secret: it is kept with *** in its place."]);
});
