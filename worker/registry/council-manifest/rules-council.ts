import type { AuthoredMember } from "#contract/councils/council-keys";
import type { AuthoredManifest } from "#contract/manifest/keys";
import { limits } from "#contract/limits";
import { readTier } from "#contract/manifest/trust-keys";
import { tierRights } from "#contract/trust/tiers";
import type { Report } from "../manifest/report.ts";
import { itemsAt, nodeAt } from "../manifest/yaml-node.ts";
import type { MapNode, YamlNode } from "../manifest/yaml-node.ts";
import { didYouMean } from "../suggest.ts";
import { countRuns, workersOfCouncil } from "../council/build-council.ts";

interface CouncilRules {
  authored: AuthoredManifest;
  root: MapNode;
  report: Report;
}

/** What a member may not be called: it names somebody else on the record. */
const RESERVED = ["all", "judge", "synthesis", "audience"];

/** Rules of councils that need more than one key: who speaks, who sees whom, how many runs it takes, and what the tier allows. */
export function checkCouncil({ authored, root, report }: CouncilRules): void {
  const { council, exec } = authored;
  if (exec.mode !== "council" && council === undefined) return;
  if (exec.mode !== "council") {
    report.error(root.entries.get("council")?.key ?? root, {
      code: "mixed_worker_kinds",
      message: "council belongs to a council, and exec.mode is something else.",
      fix: "Write exec: {mode: council}, or take council out.",
    });
    return;
  }
  if (council === undefined) {
    report.error(nodeAt(root, "exec", "mode") ?? root, {
      code: "missing_key",
      message: "exec.mode is council, but nobody discusses.",
      fix: "Add council with members, each with name and worker, or human: true.",
    });
    return;
  }
  checkMembers(council.members, { root, report });
  checkConvergence({ authored, root, report });
  checkRuns({ authored, root, report });
  checkTopic({ authored, root, report });
  checkTier({ authored, root, report });
}

function checkMembers(
  members: readonly AuthoredMember[],
  { root, report }: Pick<CouncilRules, "root" | "report">,
): void {
  const names = members.map(({ name }) => name);
  members.forEach((member, index) => {
    const place = itemsAt(root, "council", "members")[index] ?? root;
    checkName(member, { place, report, isTaken: names.indexOf(member.name) !== index });
    checkSpeaker(member, place, report);
    (member.sees ?? []).forEach((other, at) => {
      if (other === "all" || names.includes(other)) return;
      report.error(itemsAt(place, "sees")[at] ?? place, {
        code: "unknown_member",
        message: `${member.name} sees ${other}, who is no member.${didYouMean(other, names)}`,
        fix: "Name members, or write [all].",
      });
    });
  });
}

function checkName(
  { name }: AuthoredMember,
  { place, report, isTaken }: { place: YamlNode; report: Report; isTaken: boolean },
): void {
  const at = nodeAt(place, "name") ?? place;
  if (RESERVED.includes(name)) {
    report.error(at, {
      code: "bad_member_name",
      message: `A member cannot be called ${name}: on the record that is somebody else.`,
      fix: "Give it another name.",
    });
  }
  if (!isTaken) return;
  report.error(at, {
    code: "duplicate_name",
    message: `members has ${name} twice.`,
    fix: "Keep one, or give one of them another name.",
  });
}

function checkSpeaker(
  { name, worker, human, contexts }: AuthoredMember,
  place: YamlNode,
  report: Report,
): void {
  if ((worker === undefined) !== (human === true)) {
    report.error(nodeAt(place, worker === undefined ? "name" : "worker") ?? place, {
      code: worker === undefined ? "missing_key" : "mixed_worker_kinds",
      message: `${name} is ${worker === undefined ? "neither a worker nor a person" : "both a worker and a person"}.`,
      fix: "Write either worker, or human: true.",
    });
  }
  if (human !== true || contexts === undefined) return;
  report.error(nodeAt(place, "contexts") ?? place, {
    code: "mixed_worker_kinds",
    message: `${name} is a person: contexts are granted to workers.`,
    fix: "Take contexts out.",
  });
}

function checkConvergence({ authored, root, report }: CouncilRules): void {
  const { method = "none", worker } = authored.council?.convergence ?? {};
  if ((method === "judge") === (worker !== undefined)) return;
  const place = nodeAt(root, "council", "convergence", worker === undefined ? "method" : "worker") ?? root;
  report.error(place, {
    code: worker === undefined ? "missing_key" : "mixed_worker_kinds",
    message:
      worker === undefined
        ? "The method is judge, but nobody judges."
        : `The method ${method} asks no worker.`,
    fix: worker === undefined ? "Add worker to convergence." : "Write method: judge, or take worker out.",
  });
}

function checkRuns({ authored: { council }, root, report }: CouncilRules): void {
  const most = limits.calls_per_run.value;
  const count = council === undefined ? 0 : countRuns(council);
  if (count <= most) return;
  report.error(nodeAt(root, "council", "rounds") ?? root.entries.get("council")?.key ?? root, {
    code: "too_many_turns",
    message: `All rounds together take ${count} runs, and a run may start ${most}.`,
    fix: "Take fewer rounds or members.",
  });
}

function checkTopic({ authored: { exec }, root, report }: CouncilRules): void {
  if (exec.inputs === undefined || exec.inputs.some(({ name }) => name === "topic")) return;
  report.error(nodeAt(root, "exec", "inputs") ?? root, {
    code: "missing_key",
    message: "A council discusses its input topic, which exec.inputs does not have.",
    fix: "Add {name: topic, type: text, required: true}, or take inputs out.",
  });
}

function checkTier({ authored, root, report }: CouncilRules): void {
  const said = authored.runtime?.trust_tier;
  const tier = said === undefined ? undefined : readTier(said);
  const calls = workersOfCouncil(authored.council).length > 0;
  if (!calls || tier === undefined || tierRights[tier]?.effects.includes("invoke") !== false) return;
  report.error(nodeAt(root, "runtime", "trust_tier") ?? root, {
    code: "tier_forbids",
    message: `The trust tier ${tier} calls no other workers, and the members of a council are such.`,
    fix: "Write trust_tier: 3, or leave it out.",
  });
}
