import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import type { GateEvent } from "#contract/audit/gate-events";
import type { Json } from "#contract/json";
import { KvInMemory } from "../../test/support/workerd/kv-in-memory.ts";
import { verifies } from "../../test/verifies.ts";
import { Masker } from "../platform/redaction/masker.ts";
import type { GateRules } from "../runs/spec/gate-rules.ts";
import { CallRecords } from "./call-records.ts";
import { CallGate } from "./gate.ts";
import { judgeRate } from "./judge-rate.ts";
import type { Credentials, GateDeps, HoldRequest, HoldVerdict } from "./gate.ts";
import type { GateReply, ToolAnswer, ToolDefinition, ToolDriver } from "./gate-api.ts";

const SECRET = "s3cr3t-value-0123456789";
const START = Date.parse("2026-03-02T09:00:00Z");

const rules = (change: Partial<GateRules> = {}): GateRules => ({
  trust_tier: 2,
  tainted_trust_tier: null,
  allowed_tools: null,
  escalation_rules: [],
  asking: {
    label: "Approve",
    expires_ms: 60_000,
    on_expiry: "reject",
    not_by_requester: false,
    approvers_needed: 1,
  },
  ...change,
});

const tool = (change: Partial<ToolDefinition> = {}): ToolDefinition => ({
  name: "pay",
  description: "Pays somebody.",
  source: "http",
  effect: "write",
  method: "POST",
  input_schema: {
    type: "object",
    properties: { amount: { type: "number" }, to: { type: "string" } },
    required: ["amount"],
    additionalProperties: false,
  },
  approval: "never",
  calls_per_minute: null,
  repeatable: false,
  untrusted: false,
  ...change,
});

/** What stands where the network would: it counts what arrives. */
class Upstream {
  arrived: { call_id: string; request: Json; credentials: Readonly<Record<string, string>> }[] = [];
  answer: ToolAnswer = { ok: true, content: { paid: true } };
  /** Called once something has arrived, before it is answered. */
  after: () => void = () => {};

  driver(tools: readonly ToolDefinition[], wants: string[] = []): ToolDriver {
    return {
      list: () => tools,
      prepare: ({ tool: name, arguments: given }) => ({
        request: { tool: name, body: given, token: wants.map((one) => `{{secret:${one}}}`) },
        credentials: wants.map((one) => ({ name: one, hosts: ["api.example.com"] })),
      }),
      execute: async ({ call_id, request }, { credentials }) => {
        this.arrived.push({ call_id, request, credentials });
        this.after();
        return this.answer;
      },
    };
  }
}

/** People who are asked; one call at a time. */
class People {
  asked = new Map<string, HoldRequest>();
  verdicts = new Map<string, HoldVerdict>();
  ask = async (wish: HoldRequest) => {
    const open = [...this.asked.keys()].find((id) => !this.verdicts.has(id) && id !== `apr_${wish.call_id}`);
    if (open !== undefined) return null;
    const id = `apr_${wish.call_id}`;
    if (!this.asked.has(id)) this.asked.set(id, wish);
    return { approval_id: id };
  };
  read = async (id: string): Promise<HoldVerdict> => this.verdicts.get(id) ?? { kind: "pending" };
}

let kv: KvInMemory;
let now: number;
let upstream: Upstream;
let people: People;
/** The worker's count of its calls, which all its runs share. */
let taken: { tool: string; until: number }[];
let told: GateEvent[];
let credentials: () => Credentials;

beforeEach(() => {
  kv = new KvInMemory();
  now = START;
  upstream = new Upstream();
  people = new People();
  taken = [];
  told = [];
  credentials = () => ({ kind: "given", values: { API_KEY: SECRET } });
});

function open(change: Partial<GateDeps> = {}): CallGate {
  const masker = new Masker([SECRET]);
  return new CallGate({
    records: new CallRecords(kv),
    drivers: [upstream.driver([tool()])],
    rules: rules(),
    of: { run_id: "run_1", worker: { id: "wrk_1", name: "payer" } },
    clock: () => now,
    takeCall: async ({ tool: name, limit, isAsked }) => {
      const counted = taken.flatMap(({ tool: of, until }) => (of === name ? [{ until, calls: 1 }] : []));
      const verdict = judgeRate(counted, { limit, now });
      if (verdict.kind === "taken" && !isAsked) taken.push({ tool: name, until: now + 60_000 });
      return verdict;
    },
    holds: people,
    openCredentials: async () => credentials(),
    mask: async (value) => masker.json(value),
    tell: async (event) => void told.push(event),
    replayed: null,
    ...change,
  });
}

const wish = (change: { call_id?: string; tool?: string; arguments?: Json } = {}) => ({
  call_id: "c1",
  tool: "pay",
  arguments: { amount: 5 },
  ...change,
});
const code = (reply: GateReply) => (reply.kind === "denied" ? reply.code : reply.kind);

it("makes a call that nothing stands against, once, and answers the same however often it is asked", async () => {
  verifies("gate:calls:once");
  const first = await open().call(wish());
  expect(first).toEqual({ kind: "answered", answer: { ok: true, content: { paid: true } }, edited: false });
  expect(await open().call(wish())).toEqual(first);
  expect(upstream.arrived).toHaveLength(1);
  expect(told).toMatchObject([{ event: "tool_call", outcome: "success", call_id: "c1" }]);
});

it("two that ask for the same call at once get one answer of one call", async () => {
  const gate = open();
  const [one, other] = await Promise.all([gate.call(wish()), gate.call(wish())]);
  expect(one).toEqual(other);
  expect(upstream.arrived).toHaveLength(1);
});

it("numbers calls that are asked for at once each for itself, also after its object went away", async () => {
  const gate = open();
  await Promise.all(["a", "b", "c"].map((call_id) => gate.call(wish({ call_id }))));
  await open().call(wish({ call_id: "d" }));
  expect(new CallRecords(kv).list().map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

it.each([
  ["tool_unknown", { tool: "steal" }, {}],
  ["tool_unknown", {}, { allowed_tools: ["other"] }],
  ["arguments_invalid", { arguments: { amount: "much" } }, {}],
  ["arguments_invalid", { arguments: { amount: 1, extra: 2 } }, {}],
  ["arguments_invalid", { arguments: [1] }, {}],
  ["tier_forbids", {}, { trust_tier: 1 }],
])("refuses with %s and sends nothing: %j, %j", async (expected, asked, change) => {
  verifies("gate:calls:refused-by-name");
  expect(code(await open({ rules: rules(change) }).call(wish(asked)))).toBe(expected);
  expect(upstream.arrived).toEqual([]);
  expect(told).toHaveLength(1);
});

it.each(["post", "Post", "DELETE", "patch", "PUT", "QUERY"])(
  "lets a worker of tier 1 write by no spelling of a method: %s",
  async (method) => {
    verifies("gate:tiers:no-spelling");
    for (const effect of ["read", "write"] as const) {
      const gate = open({
        drivers: [upstream.driver([tool({ method, effect })])],
        rules: rules({ trust_tier: 1 }),
      });
      expect(code(await gate.call(wish({ call_id: effect })))).toBe("tier_forbids");
    }
    expect(upstream.arrived).toEqual([]);
  },
);

it("sends no request for which a secret is denied", async () => {
  verifies("gate:credentials:fail-closed");
  credentials = () => ({ kind: "denied", name: "API_KEY", message: "API_KEY is not for this worker." });
  const gate = open({ drivers: [upstream.driver([tool()], ["API_KEY"])] });
  expect(code(await gate.call(wish()))).toBe("credential_denied");
  expect(upstream.arrived).toEqual([]);
  expect(told).toMatchObject([{ event: "credential_access", credential: "API_KEY", granted: false }]);
});

it("keeps and shows no value of a secret, also where the other side echoes it", async () => {
  verifies("gate:credentials:never-shown");
  upstream.answer = { ok: true, content: { echo: `Bearer ${SECRET}`, [SECRET]: 1 } };
  const reply = await open({ drivers: [upstream.driver([tool()], ["API_KEY"])] }).call(wish());
  expect(upstream.arrived[0]?.credentials).toEqual({ API_KEY: SECRET });
  expect(JSON.stringify([reply, told, [...kv.entries]])).not.toContain(SECRET);
});

it("a value that looks like a secret's place is a value", async () => {
  const gate = open({ drivers: [upstream.driver([tool()], [])] });
  await gate.call(wish({ arguments: { amount: 1, to: "{{secret:API_KEY}}" } }));
  expect(upstream.arrived[0]?.request).toMatchObject({ body: { to: "{{secret:API_KEY}}" } });
});

const overTwoThousand = {
  escalation_rules: [{ name: "large", reason: "More than 2000.", param_gt: { amount: 2000 } }],
};

it("a rule holds a call, and what is approved is exactly that one", async () => {
  verifies("gate:rules:hold-and-release");
  const held = { rules: rules(overTwoThousand) };
  const asked = wish({ arguments: { amount: 5000 } });
  expect(await open(held).call(asked)).toEqual({ kind: "held", approval_id: "apr_c1" });
  expect(await open(held).call(asked)).toEqual({ kind: "held", approval_id: "apr_c1" });
  expect(upstream.arrived).toEqual([]);
  expect(people.asked.get("apr_c1")?.request).toEqual({ tool: "pay", body: { amount: 5000 }, token: [] });
  people.verdicts.set("apr_c1", { kind: "approved", edited: null, reason: null });
  expect(code(await open(held).call(wish({ arguments: { amount: 9000 } })))).toBe("call_id_reused");
  expect(await open(held).call(asked)).toMatchObject({ kind: "answered", edited: false });
  await open(held).call(asked);
  expect(upstream.arrived.map(({ request }) => request)).toEqual([people.asked.get("apr_c1")?.request]);
  expect(told.map(({ event }) => event)).toEqual(["escalation_hold", "tool_call"]);
});

it("what the approver says reaches what makes the call, masked", async () => {
  const heard: unknown[] = [];
  const driver = upstream.driver([tool({ approval: "always" })]);
  const hears = {
    ...driver,
    execute: async (_call: unknown, { comment }: { comment?: string | null }) => {
      heard.push(comment);
      return upstream.answer;
    },
  };
  await open({ drivers: [hears] }).call(wish());
  people.verdicts.set("apr_c1", { kind: "approved", edited: null, reason: `Yes, ${SECRET}` });
  await open({ drivers: [hears] }).call(wish());
  expect(heard).toEqual([expect.stringMatching(/^Yes, (?!s3cr3t)/)]);
});

it("what the approver writes instead is held to schema and tier, and is not asked about again", async () => {
  verifies("gate:rules:edits");
  const held = { rules: rules(overTwoThousand) };
  await open(held).call(wish({ arguments: { amount: 5000 } }));
  people.verdicts.set("apr_c1", { kind: "approved", edited: { amount: 4000 }, reason: null });
  expect(await open(held).call(wish({ arguments: { amount: 5000 } }))).toMatchObject({
    kind: "answered",
    edited: true,
  });
  expect(upstream.arrived).toMatchObject([{ request: { body: { amount: 4000 } } }]);
  await open(held).call(wish({ call_id: "c2", arguments: { amount: 6000 } }));
  people.verdicts.set("apr_c2", { kind: "approved", edited: { amount: "all" }, reason: null });
  expect(code(await open(held).call(wish({ call_id: "c2", arguments: { amount: 6000 } })))).toBe(
    "arguments_invalid",
  );
  expect(upstream.arrived).toHaveLength(1);
});

it("a rejection reaches the asker with its reason, and so does time that has passed", async () => {
  const held = { rules: rules(overTwoThousand) };
  await open(held).call(wish({ arguments: { amount: 5000 } }));
  people.verdicts.set("apr_c1", { kind: "rejected", reason: "Ask the supplier first." });
  const reply = await open(held).call(wish({ arguments: { amount: 5000 } }));
  expect(reply).toMatchObject({
    kind: "denied",
    code: "rejected",
    message: expect.stringContaining("supplier"),
  });
  await open(held).call(wish({ call_id: "c2", arguments: { amount: 5000 } }));
  people.verdicts.set("apr_c2", { kind: "expired" });
  expect(code(await open(held).call(wish({ call_id: "c2", arguments: { amount: 5000 } })))).toBe("expired");
  expect(upstream.arrived).toEqual([]);
});

it.each(["2001", "2,001", " 2_001 ", 2000.01])(
  "no spelling of an amount gets past a rule: %s",
  async (amount) => {
    const loose = tool({ input_schema: { type: "object" } });
    const gate = open({ drivers: [upstream.driver([loose])], rules: rules(overTwoThousand) });
    expect((await gate.call(wish({ arguments: { amount } }))).kind).toBe("held");
  },
);

it("a call that was under way when its object went away is made again only where that does no harm", async () => {
  verifies("gate:calls:crash");
  upstream.after = () => {
    throw new Error("the machine went away");
  };
  await expect(open().call(wish())).rejects.toThrow("went away");
  upstream.after = () => {};
  expect(await open().call(wish())).toMatchObject({
    kind: "answered",
    answer: { ok: false, code: "outcome_unknown", sent: true },
  });
  expect(upstream.arrived).toHaveLength(1);
  const again = { drivers: [upstream.driver([tool({ repeatable: true })])] };
  upstream.after = () => {
    throw new Error("the machine went away");
  };
  await expect(open(again).call(wish({ call_id: "c2" }))).rejects.toThrow("went away");
  upstream.after = () => {};
  expect(await open(again).call(wish({ call_id: "c2" }))).toMatchObject({ answer: { ok: true } });
});

it("what comes too often waits, leaves no trace of a call, and is made later", async () => {
  const gate = open({ drivers: [upstream.driver([tool({ calls_per_minute: 2 })])] });
  for (const id of ["a", "b"]) await gate.call(wish({ call_id: id }));
  expect(await gate.call(wish({ call_id: "c" }))).toEqual({ kind: "later", retry_at: START + 60_000 });
  expect(told.at(-1)).toMatchObject({ code: "rate_limited", rate: { count: 3, limit: 2 } });
  now += 60_001;
  expect(await gate.call(wish({ call_id: "c" }))).toMatchObject({ kind: "answered" });
  expect(upstream.arrived).toHaveLength(3);
});

it("two runs at once keep to one limit of their worker, and that it came too often is told once of a call", async () => {
  verifies("gate:rates:over-all-runs");
  const drivers = [upstream.driver([tool({ calls_per_minute: 2 })])];
  const gates = [kv, new KvInMemory()].map((of) => open({ drivers, records: new CallRecords(of) }));
  const replies = await Promise.all(
    gates.flatMap((gate) => ["a", "b"].map((id) => gate.call(wish({ call_id: id })))),
  );
  expect(replies.map(({ kind }) => kind).toSorted()).toEqual(["answered", "answered", "later", "later"]);
  await Promise.all(gates.flatMap((gate) => ["a", "b"].map((id) => gate.call(wish({ call_id: id })))));
  expect(upstream.arrived).toHaveLength(2);
  expect(told.filter((event) => event.event === "tool_call" && event.code === "rate_limited")).toHaveLength(
    2,
  );
});

it("an approved call, also one that its approver changed, waits until it does not come too often", async () => {
  const drivers = [
    upstream.driver([tool({ calls_per_minute: 1, approval: "always" }), tool({ name: "free" })]),
  ];
  for (const [id, edited] of [
    ["as-it-was", null],
    ["changed", { amount: 2 }],
  ] as const) {
    const gate = open({ drivers });
    await gate.call(wish({ call_id: id }));
    people.verdicts.set(`apr_${id}`, { kind: "approved", edited, reason: null });
    taken = [{ tool: "pay", until: now + 30_000 }];
    expect(await gate.call(wish({ call_id: id }))).toEqual({ kind: "later", retry_at: now + 30_000 });
    taken = [];
    expect(await gate.call(wish({ call_id: id }))).toMatchObject({ kind: "answered" });
    expect(taken).toHaveLength(1);
    taken = [];
  }
});

it("the platform's own tools are counted within the attempt, and the worker's object is not asked", async () => {
  const drivers = [upstream.driver([tool({ calls_per_minute: 1, source: "builtin" })])];
  const gate = open({
    drivers,
    takeCall: async () => {
      throw new Error("asked");
    },
  });
  await gate.call(wish({ call_id: "a" }));
  expect(await gate.call(wish({ call_id: "b" }))).toEqual({ kind: "later", retry_at: START + 60_000 });
});

it("a run that has read what comes from outside is trusted as far as its version says for that", async () => {
  verifies("gate:taint");
  const tools = [tool(), tool({ name: "read_mail", effect: "read", method: "GET", untrusted: true })];
  const tainted = {
    drivers: [upstream.driver(tools)],
    rules: rules({ trust_tier: 2, tainted_trust_tier: 1 }),
  };
  expect((await open(tainted).call(wish())).kind).toBe("answered");
  await open(tainted).call(wish({ call_id: "m", tool: "read_mail" }));
  expect(code(await open(tainted).call(wish({ call_id: "c2" })))).toBe("tier_forbids");
});

it("a worker of tier 4 asks a person before whatever is no reading", async () => {
  const gate = open({ rules: rules({ trust_tier: 4 }) });
  expect((await gate.call(wish())).kind).toBe("held");
});

it("nothing leaves a dry run: it is answered what the run before was answered", async () => {
  const known: ToolAnswer = { ok: true, content: "as before" };
  const dry = { replayed: async ({ tool: name }: { tool: string }) => (name === "pay" ? known : null) };
  const tools = [tool({ approval: "always" }), tool({ name: "other" })];
  const gate = open({ ...dry, drivers: [upstream.driver(tools)] });
  expect(await gate.call(wish())).toMatchObject({ answer: known });
  expect(await gate.call(wish({ call_id: "o", tool: "other" }))).toMatchObject({
    answer: { code: "dry_run" },
  });
  expect(upstream.arrived).toEqual([]);
});

it("an answer that is too large is cut, and says so", async () => {
  upstream.answer = { ok: true, content: "x".repeat(500_000) };
  const reply = await open().call(wish());
  expect(JSON.stringify(reply).length).toBeLessThan(140_000);
  expect(JSON.stringify(reply)).toContain("[cut: ");
});

it("an outcome that the record of changes has not heard is told later, once", async () => {
  let isAway = true;
  const tell = async (event: GateEvent) => {
    if (isAway) throw new Error("The record is away.");
    told.push(event);
  };
  await open({ tell }).call(wish());
  isAway = false;
  await open({ tell }).tellRest();
  await open({ tell }).tellRest();
  expect(told).toHaveLength(1);
});

/** What may happen to calls, in any order. */
const happening = fc.oneof(
  fc.record({
    what: fc.constant("call" as const),
    id: fc.nat(3),
    amount: fc.constantFrom(1, 3000),
    crash: fc.nat(8),
  }),
  fc.record({ what: fc.constant("both" as const), id: fc.nat(3), other: fc.nat(3) }),
  fc.record({
    what: fc.constant("decide" as const),
    verdict: fc.constantFrom<HoldVerdict>(
      { kind: "approved", edited: null, reason: null },
      { kind: "approved", edited: { amount: 2 }, reason: null },
      { kind: "rejected", reason: null },
      { kind: "expired" },
    ),
  }),
);

it("in no order of calls, crashes and decisions is an effect had without leave, or twice", async () => {
  verifies("gate:property");
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 30 }), async (happenings) => {
      kv = new KvInMemory();
      upstream = new Upstream();
      people = new People();
      const amounts = new Map<number, number>();
      const deps = { rules: rules(overTwoThousand) };
      const ask = (id: number, amount: number) => {
        const own = amounts.get(id) ?? amount;
        amounts.set(id, own);
        return wish({ call_id: `c${id}`, arguments: { amount: own } });
      };
      for (const one of happenings) {
        if (one.what === "decide") {
          const pending = [...people.asked.keys()].find((id) => !people.verdicts.has(id));
          if (pending !== undefined) people.verdicts.set(pending, one.verdict);
        } else if (one.what === "both") {
          const gate = open(deps);
          await Promise.all([gate.call(ask(one.id, 3000)), gate.call(ask(one.other, 3000))]);
        } else {
          // The object goes away at its n-th write, before it is kept.
          let writes = one.crash;
          const records = new CallRecords(
            new Proxy(kv, {
              get: (target, name) =>
                name === "put" && one.crash > 0
                  ? (key: string, value: unknown) => {
                      writes -= 1;
                      if (writes === 0) throw new Error("crash");
                      target.put(key, value);
                    }
                  : Reflect.get(target, name).bind(target),
            }),
          );
          await open({ ...deps, records })
            .call(ask(one.id, one.amount))
            .catch(() => {});
        }
      }
      const ids = upstream.arrived.map(({ call_id }) => call_id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { call_id, request } of upstream.arrived) {
        const { amount } = (request as { body: { amount: number } }).body;
        const asked = amounts.get(Number(call_id.slice(1))) ?? 0;
        const verdict = people.verdicts.get(`apr_${call_id}`);
        if (asked > 2000) expect(verdict).toMatchObject({ kind: "approved" });
        const edited = verdict?.kind === "approved" ? verdict.edited : null;
        expect(amount).toBe(edited === null ? asked : 2);
      }
    }),
    { numRuns: 400 },
  );
});
