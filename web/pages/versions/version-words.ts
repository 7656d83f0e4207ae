import type { VersionState } from "#contract/trust/version-state";
import type { FileChange, NewAbility } from "#contract/versions/version";
import type { Tone } from "../../parts/pill.tsx";

/** What may be done with a version, in words. */
export const stateWords: Record<VersionState, { tone: Tone; words: string }> = {
  quarantined: { tone: "wait", words: "Waits for a review" },
  active: { tone: "plain", words: "May run" },
  retired: { tone: "plain", words: "Out of use" },
  rejected: { tone: "bad", words: "Refused" },
};

/** What a worker may newly do, in words. */
export const abilityWords: Record<NewAbility["kind"], string> = {
  secret: "Secret",
  network: "Network",
  connection: "Connection",
  call: "Other workers",
  context: "Context",
  approval_dropped: "Asks nobody",
  longer_timeout: "Longer runs",
  trigger: "Trigger",
  tool: "Tool",
};

export const fileChangeWords: Record<FileChange["change"], string> = {
  added: "New",
  removed: "Gone",
  changed: "Changed",
};
