import type { CouncilDetail } from "#contract/councils/council";
import { runIdSchema } from "#contract/ids";

const id = runIdSchema.parse("run_01j9zzzzzzzzzzzzzzzzzzzzzz");

/** A council that waits for a person, as the API shows it. */
export function sampleCouncil(): CouncilDetail {
  return {
    run_id: id,
    worker: "panel",
    topic: "Ship on Friday?",
    status: "waiting",
    protocol: "round_robin",
    round: 2,
    rounds: 3,
    agreement: 0.5,
    ended_by: null,
    synthesis: null,
    members: [
      {
        name: "doubter",
        worker: "w-one",
        role: "",
        sees: ["ada"],
        contexts: ["handbook"],
        contexts_allowed: null,
      },
      { name: "ada", worker: null, role: "", sees: [], contexts: null, contexts_allowed: null },
    ],
    turns: [
      {
        number: 1,
        round: 1,
        kind: "statement",
        phase: "discussion",
        speaker: "doubter",
        status: "spoken",
        run_id: id,
        approval_id: null,
        statement: "I doubt it.",
        position: null,
        agreement: null,
        contexts: ["handbook@3"],
        messages_seen: 0,
        error: null,
        began_at: "2026-01-01T00:00:00.000Z",
        ended_at: "2026-01-01T00:00:01.000Z",
      },
    ],
    messages: [
      {
        number: 1,
        kind: "message",
        speaker: "audience",
        message: "Think of the costs.",
        created_by: "tok_1",
        created_at: "2026-01-01T00:00:02.000Z",
        reached_turn: null,
      },
    ],
  };
}
