import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { verifies } from "../../test/verifies.ts";
import { Consent } from "./connect-page.tsx";

const asked = {
  client_name: "An editor",
  client_host: null,
  known_by: "itself" as const,
  redirect_host: "127.0.0.1:33418",
  scopes: [{ scope: "runs:write" as const, words: "Start and cancel runs" }],
  workspaces: [
    { id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`), name: "Home", role: "owner" as const },
  ],
};

test("whoever is asked reads who asks, that nobody has checked it, where they are sent back to, and what it may do", () => {
  verifies("oauth:consent:in-words");
  const page = renderToStaticMarkup(<Consent asked={asked} request="r" />);
  for (const words of ["An editor", "registered itself", "127.0.0.1:33418", "Start and cancel runs", "Home"])
    expect(page).toContain(words);
  expect(page).toContain("<legend>");
  expect(page).toContain('<label for="workspace">');
  expect(page.indexOf("Deny")).toBeLessThan(page.indexOf("Allow"));
});

test("a program whose address describes it is named by that address, without the warning", () => {
  const known = { ...asked, client_host: "client.example", known_by: "document" as const };
  const page = renderToStaticMarkup(<Consent asked={known} request="r" />);
  expect(page).toContain("client.example");
  expect(page).not.toContain("registered itself");
});
