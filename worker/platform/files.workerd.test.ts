import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createFiles } from "./files.ts";

it("the newest mails are listed, also when there are more than one listing of a bucket holds", async () => {
  const files = createFiles(env.FILES);
  const mails = Array.from({ length: 1010 }, (_, n) => String(n).padStart(5, "0"));
  await Promise.all(
    mails.map((id) => files.putMail({ workspaceId: "wsp_1", workerId: "wrk_1", deliveryId: id }, id)),
  );
  expect(await files.listMails("wsp_1", 2)).toEqual(["01009", "01008"]);
});
