import assert from "node:assert/strict";
import type { ConformanceCase } from "./case.ts";

/** uploadUrl and downloadUrl: plain HTTP without a token, until they expire or are changed. */
export const signedUrlCases: ConformanceCase[] = [
  {
    name: "downloadUrl gives the file to anybody who has it, whole or in part",
    async run({ sandbox }) {
      const box = await sandbox();
      await box.files.write("shared näme.txt", "0123456789");
      const url = await box.downloadUrl("shared näme.txt");
      assert.equal(await (await fetch(url)).text(), "0123456789");
      const part = await fetch(url, { headers: { Range: "bytes=2-4" } });
      assert.deepEqual([part.status, part.headers.get("content-range")], [206, "bytes 2-4/10"]);
      assert.equal(await part.text(), "234");
      const beyond = await fetch(url, { headers: { Range: "bytes=10-" } });
      assert.equal(beyond.status, 416);
      await beyond.body?.cancel();
    },
  },
  {
    name: "uploadUrl takes a form, with or without the path in the URL",
    async run({ sandbox }) {
      const box = await sandbox();
      const fixed = new FormData();
      fixed.append("file", new Blob(["by form"]), "ignored.txt");
      assert.equal(await statusOf(await box.uploadUrl("fixed.txt"), fixed), 200);
      assert.equal(await box.files.read("fixed.txt"), "by form");
      const named = new FormData();
      named.append("file", new Blob(["named"]), "dir/named.txt");
      assert.equal(await statusOf(await box.uploadUrl(), named), 200);
      assert.equal(await box.files.read("dir/named.txt"), "named");
    },
  },
  {
    name: "a form part without a file name is stored at the URL's path",
    async run({ sandbox }) {
      const box = await sandbox();
      const form = new FormData();
      form.append("file", "no name ü");
      assert.equal(await statusOf(await box.uploadUrl("unnamed.txt"), form), 200);
      assert.equal(await box.files.read("unnamed.txt"), "no name ü");
    },
  },
  {
    name: "an upload by a signed URL tells what was written, for each user, and is refused when it has expired",
    async run({ sandbox }) {
      const box = await sandbox();
      const upload = async (options: { user?: "root"; useSignatureExpiration: number }) => {
        const form = new FormData();
        form.append("file", "file content");
        const answer = await fetch(await box.uploadUrl("told.txt", options), { method: "POST", body: form });
        return { status: answer.status, body: await answer.json() };
      };
      const written = (path: string) => ({ status: 200, body: [{ name: "told.txt", path, type: "file" }] });
      assert.deepEqual(await upload({ useSignatureExpiration: 60 }), written("/home/user/told.txt"));
      assert.deepEqual(await upload({ user: "root", useSignatureExpiration: 60 }), written("/root/told.txt"));
      assert.deepEqual(await upload({ useSignatureExpiration: -60 }), {
        status: 401,
        body: { code: 401, message: "signature is already expired" },
      });
    },
  },
  {
    name: "another path, another direction, another user or no signature is refused",
    async run({ sandbox }) {
      const box = await sandbox();
      await box.files.write("a.txt", "a");
      await box.files.write("b.txt", "b");
      const url = new URL(await box.downloadUrl("a.txt"));
      const changed = (name: string, value: string) => {
        const other = new URL(url);
        other.searchParams.set(name, value);
        return other.toString();
      };
      assert.equal(await statusOf(changed("path", "b.txt")), 401);
      assert.equal(await statusOf(changed("username", "root")), 401);
      assert.equal(await statusOf(changed("signature", "v1_AAAA")), 401);
      const form = new FormData();
      form.append("file", new Blob(["x"]), "a.txt");
      assert.equal(await statusOf(url.toString(), form), 401);
      const unsigned = new URL(url);
      unsigned.searchParams.delete("signature");
      assert.ok([401, 502].includes(await statusOf(unsigned.toString())));
      assert.equal(await box.files.read("a.txt"), "a");
    },
  },
  {
    name: "a signed URL ends with its expiration",
    async run({ sandbox }) {
      const box = await sandbox();
      await box.files.write("timed.txt", "soon gone");
      const good = await box.downloadUrl("timed.txt", { useSignatureExpiration: 60 });
      assert.equal(await statusOf(good), 200);
      const late = await box.downloadUrl("timed.txt", { useSignatureExpiration: -60 });
      const refused = await fetch(late);
      assert.equal(refused.status, 401);
      assert.deepEqual(await refused.json(), { code: 401, message: "signature is already expired" });
      const longer = new URL(late);
      longer.searchParams.set("signature_expiration", String(Math.floor(Date.now() / 1000) + 600));
      assert.equal(await statusOf(longer.toString()), 401);
    },
  },
  {
    name: "a signed URL made for root reaches root's files",
    async run({ sandbox }) {
      const box = await sandbox();
      await box.files.write("own.txt", "root's", { user: "root" });
      const url = await box.downloadUrl("own.txt", { user: "root" });
      assert.equal(await (await fetch(url)).text(), "root's");
    },
  },
];

async function statusOf(url: string, form?: FormData): Promise<number> {
  const response = await fetch(url, form === undefined ? {} : { method: "POST", body: form });
  await response.body?.cancel();
  return response.status;
}
