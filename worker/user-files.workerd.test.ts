import { expect, it } from "vitest";
import { uploadSchema } from "#contract/workers/worker";
import { callApi } from "../test/support/workerd/api-harness.ts";
import { verifies } from "../test/verifies.ts";

const script = "<script>alert(document.domain)</script>";
const files: [name: string, type: string, content: string][] = [
  ["page.html", "text/html", script],
  ["picture.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`],
  ["feed.xml", "application/xml", `<x xmlns:h="http://www.w3.org/1999/xhtml"><h:script>1</h:script></x>`],
  ["page.xhtml", "application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`],
  ["paper.pdf", "application/pdf", "%PDF-1.7 /JS (app.alert(1))"],
  ["code.js", "text/javascript", "alert(1)"],
  ["unsaid", "", script],
];

it.each(files)(
  "%s as %s is saved by a browser, never shown or run as a page of this server's",
  async (name, type, content) => {
    verifies("edge:files:never-active");
    const form = new FormData();
    form.set("file", new File([content], name, { type }));
    const sent = await callApi("POST", "/api/uploads", { body: form });
    // Some are not taken at all, which is as good.
    if (!sent.ok) return expect(sent.status).toBe(422);
    const { id } = uploadSchema.parse(await sent.json());
    const { headers } = await callApi("GET", `/api/uploads/${id}`);
    expect(headers.get("content-disposition")).toMatch(/^attachment;/);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; frame-ancestors 'none'; sandbox",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  },
);
