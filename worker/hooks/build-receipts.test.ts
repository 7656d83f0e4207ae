import { expect, it } from "vitest";
import { signatureSchema } from "#contract/hooks/webhook";
import { verifies } from "../../test/verifies.ts";
import { buildReceipts } from "./build-receipts.ts";

const day = 86_400;
const week = 7 * day;
const hmac = { scheme: "hmac", header: "X-Sig" };
const floomSigned = { "x-floom-signature": "sha256=00" };

interface Given {
  id?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: string;
  same?: number;
}

async function receiptsOf(scheme: object, { id, headers = {}, query = {}, body = "{}", same }: Given = {}) {
  const bytes = new TextEncoder().encode(body);
  const delivery = { headers, query, body: bytes, method: "POST", content_type: null, ip: null };
  const spec = { same_body_seconds: same };
  return buildReceipts(spec, { scheme: signatureSchema.parse(scheme), delivery, externalId: id ?? null });
}

/** The kinds of what a repeat is known by, each with how long. */
async function kindsOf(scheme: object, given?: Given): Promise<[string, number][]> {
  const receipts = await receiptsOf(scheme, given);
  return receipts.map(({ key, seconds }) => [key.split(":")[0] ?? "", seconds]);
}

it.each<[string, object, Given, [string, number][]]>([
  ["an id that is signed is enough", { scheme: "standard" }, { id: "1" }, [["id", week]]],
  ["GitHub signs the body and no id", { scheme: "github" }, { id: "1" }, [["signed", week]]],
  ["so does Shopify", { scheme: "shopify" }, { id: "1" }, [["signed", week]]],
  ["so does an own header", hmac, { id: "1" }, [["signed", week]]],
  ["also without an id", hmac, {}, [["signed", week]]],
  ["so does Floom's signature", { scheme: "floom" }, { id: "1", headers: floomSigned }, [["signed", week]]],
  [
    "equal bodies that may come again soon are told apart by their ids meanwhile",
    hmac,
    { id: "1", same: 60 },
    [
      ["signed", 60],
      ["id", week],
    ],
  ],
  ["equal bodies that are always new have their ids alone", hmac, { id: "1", same: 0 }, [["id", week]]],
  ["and without ids nothing", hmac, { same: 0 }, []],
  ["Stripe's id stands in what it signs", { scheme: "stripe" }, { id: "evt_1" }, [["id", week]]],
  ["without it the signed body counts while its time is taken", { scheme: "stripe" }, {}, [["signed", 600]]],
  ["also where equal bodies are new", { scheme: "slack" }, { same: 0 }, [["signed", 600]]],
  [
    "and longer where the trigger takes older times",
    { scheme: "slack", tolerance_seconds: day },
    {},
    [["signed", 2 * day]],
  ],
  ["or says so", { scheme: "slack" }, { same: day }, [["signed", day]]],
  ["a token vouches for nothing", { scheme: "floom" }, { id: "1", query: { token: "x" } }, [["id", week]]],
  ["nobody vouches for anything", { scheme: "none" }, { id: "1" }, [["id", week]]],
  ["and without an id equal ones count for five minutes", { scheme: "none" }, {}, [["body", 300]]],
  ["or as the trigger says", { scheme: "none" }, { same: 0 }, []],
])("a repeat is known by what its sender vouches for: %s", async (_name, scheme, given, kinds) => {
  verifies("webhooks:replay:signed-bytes");
  expect(await kindsOf(scheme, given)).toEqual(kinds);
});

it("nothing that is not signed changes what a signed delivery is known by", async () => {
  verifies("webhooks:replay:signed-bytes");
  const [plain] = await receiptsOf(hmac);
  for (const given of [{ id: "2" }, { query: { a: "1" } }, { headers: { "x-event": "other" } }])
    expect((await receiptsOf(hmac, given))[0]).toEqual(plain);

  expect((await receiptsOf(hmac, { body: "{} " }))[0]?.key).not.toBe(plain?.key);
});
