import type { ApprovalId, RunId } from "#contract/ids";
import type { Hold, VoteRecord } from "../../worker/runs/lifecycle/hold-state.ts";
import type { RunInput, RunState } from "../../worker/runs/lifecycle/run-state.ts";
import type { Random } from "../support/random.ts";

/**
 * The people who decide on a simulated run, the world outside that it may wait for, and the queue that takes its
 * follow-up run. It keeps its own account of who has said what, which the lifecycle's verdict is held against.
 */
export class Deciders {
  readonly #random: Random;
  #ids = 0;
  /** Follow-up runs the queue took, by idempotency key. It outlives every crash. */
  readonly admitted = new Map<string, string>();
  readonly #approvedBy = new Set<string>();
  readonly #forbidden = new Set<string>();
  #hasRightToAct = false;

  constructor(random: Random) {
    this.#random = random;
  }

  freshId(): RunId {
    return `run_${(this.#ids += 1)}` as RunId;
  }

  /** What a script asks when it ends. */
  ask(now: number): Hold {
    const isApproval = this.#random.chance(0.8);
    return {
      kind: isApproval ? "approval" : "await_external",
      approval_id: "apr_1" as ApprovalId,
      label: "Send",
      preview: null,
      preview_type: null,
      preview_payload: null,
      link_token: null,
      key: isApproval ? null : "order",
      requester: "person-0",
      since: now,
      expires_at: now + 1e3 * (30 + this.#random.below(400)),
      on_expiry: this.#random.chance(0.2) ? "approve" : "reject",
      not_by_requester: this.#random.chance(0.3),
      approvers_needed: 1 + this.#random.below(2),
      parked: false,
      outcome: {
        status: "completed",
        failure: null,
        outputs: {},
      },
      votes: [],
      verdict: null,
    };
  }

  /** Somebody speaks: in time or not, twice or not, with or without the right to. */
  speak(state: RunState, now: number): RunInput {
    const follow_up_run_id = this.freshId();
    if (state.hold?.kind === "await_external" && this.#random.chance(0.7)) {
      if (state.phase === "held" && now < state.hold.expires_at) this.#hasRightToAct = true;
      return { type: "resumed", payload: 1, follow_up_run_id };
    }
    const vote: VoteRecord = {
      principal: `person-${this.#random.below(3)}`,
      decision: this.#random.chance(0.75) ? "approved" : "rejected",
      reason: null,
      edited_output: null,
      annotations: null,
      at: now,
    };
    this.#account(state, vote);
    return { type: "voted", vote, follow_up_run_id };
  }

  #account({ phase, hold }: RunState, { principal, decision, at }: VoteRecord): void {
    if (phase !== "held" || hold?.kind !== "approval" || at >= hold.expires_at) return;
    if (decision !== "approved" || (hold.not_by_requester && principal === hold.requester)) return;
    this.#approvedBy.add(principal);
    if (this.#approvedBy.size >= hold.approvers_needed) this.#hasRightToAct = true;
  }

  /** The time to decide is over, says the object's own look at the clock. */
  lapse({ hold }: RunState, now: number): RunInput {
    if (hold?.kind === "approval" && hold.on_expiry === "approve" && now >= hold.expires_at)
      this.#hasRightToAct = true;
    return { type: "lapsed", follow_up_run_id: this.freshId() };
  }

  /** The run was cancelled: its follow-up is taken out of the queue, or never comes into it. */
  revoke({ hold }: RunState): void {
    const key = `approval:${hold?.approval_id}`;
    this.admitted.delete(key);
    this.#forbidden.add(key);
  }

  /** The queue takes a follow-up run once for each key. */
  admit({ hold }: RunState): void {
    const key = `approval:${hold?.approval_id}`;
    if (!this.admitted.has(key) && !this.#forbidden.has(key))
      this.admitted.set(key, hold?.verdict?.follow_up_run_id ?? "");
  }

  /** Nothing acts without the right to, nothing acts twice, and what was approved is not forgotten. */
  check({ phase, hold, outcome }: RunState): void {
    const verdict = hold?.verdict;
    const [taken] = this.admitted.values();
    if (this.admitted.size > 1) throw new Error("two follow-up runs of one approval");
    if (taken !== undefined && !this.#hasRightToAct) throw new Error("a follow-up run without approval");
    if (taken !== undefined && verdict?.follow_up_run_id !== taken)
      throw new Error("a follow-up run that the record does not name");
    if (verdict?.status === "approved" && !this.#hasRightToAct) throw new Error("approved by nobody who may");
    const isOver = phase === "ended" && verdict?.status === "approved" && outcome?.status === "completed";
    if (isOver && taken === undefined) throw new Error("approved, and nothing followed");
  }
}
