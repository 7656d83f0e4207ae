import type { Requirement } from "../requirements.ts";

const issue = "Issue B, point 7";
const inPlace = "Issue K, point 1";
const mustShow = "Issue B, must show";

const promises: [id: string, promise: string, source?: string][] = [
  [
    "approvals:in-place:same-run",
    "A call that waits for a person holds its run, and the same run goes on with the answer.",
    "Issue K, point 1",
  ],
  [
    "approvals:in-place:answers-not-crossed",
    "Of several calls that wait in one run each gets its own answer.",
    "Issue K, point 1",
  ],
  [
    "approvals:waiting:holds-nothing",
    "A run that waits for a decision holds no sandbox and no place in the queue.",
  ],
  [
    "approvals:approve:one-follow-up",
    "Approving completes the run and starts one follow-up with the stored outputs.",
  ],
  ["approvals:approve:edits", "What the approver edited is what is executed."],
  [
    "approvals:approve:crash-safe",
    "An approved run is followed by its one follow-up whatever breaks in between.",
  ],
  [
    "approvals:decide:first-wins",
    "A double click on approve executes once; the second is a 409 that says so.",
    mustShow,
  ],
  [
    "approvals:expiry:never-actioned",
    "Approving after the time is over executes nothing and says why.",
    mustShow,
  ],
  [
    "approvals:expiry:on-expiry-approve",
    "Without a decision in time the run goes on where worker.yml says so.",
  ],
  ["approvals:reject:reason-no-follow-up", "A rejection keeps its reason on the record and starts nothing."],
  ["approvals:forged-decision:no-effect", "A forged decision in the inputs executes nothing.", mustShow],
  ["approvals:get:never-decides", "A GET, a HEAD and a followed link decide nothing.", mustShow],
  ["approvals:link:missing-wrong-alike", "A missing and a wrong review token get the same 401."],
  [
    "approvals:link:page",
    "A review link opens a page that shows exactly what is asked and decides by its form alone.",
  ],
  [
    "approvals:link:ends-at-decision",
    "Once it is decided, a review link tells what was decided, when and by whom, and shows nothing else.",
    "docs/explanation/security.md",
  ],
  [
    "approvals:files:as-shown",
    "The files that were shown are the files that are served afterwards, whatever was sent in between.",
    "docs/explanation/security.md",
  ],
  [
    "approvals:files:opened-and-handed-over",
    "Who decides can open the files that are to be approved, by token or by link; the follow-up finds just these.",
  ],
  [
    "approvals:required:always-holds",
    "A worker whose worker.yml requires approval is held whether or not its script asks.",
  ],
  ["approvals:decide:null-is-absent", "A member of a decision that is null counts as not given."],
  ["approvals:bulk:per-item", "Deciding many at once answers for each what came of it."],
  ["approvals:inbox:list-count-show", "The inbox lists, counts and shows exactly what is asked of people."],
  ["approvals:rules:n-of-m", "Several approvers must be different people who have seen the same thing."],
  ["approvals:rules:not-by-requester", "Who started a run may not approve it where worker.yml says so."],
  [
    "approvals:await-external:resumed-once",
    "What a run waited for lets it go on once; people cannot decide it.",
  ],
  [
    "approvals:await-external:any-waiting-run",
    "What comes from outside reaches the run that is named, or the first that takes it, however many wait.",
  ],
  ["approvals:await-external:timeout", "What does not come in time fails the run."],
  ["approvals:cli:run-shows-what-to-do", "`floom run` shows what a run asks and what to do, and exits 0."],
  [
    "approvals:simulation:never-unapproved",
    "In no history does a run act without approval, or twice with one.",
  ],
  [
    "approvals:cancel:after-approval",
    "A cancel after the approval takes back what was approved and has not happened yet; it then never happens.",
    "Issue E, K3",
  ],
  [
    "approvals:in-place:same-run-goes-on",
    "A call is held while its run is under way; after the decision the same run goes on, with verdict, reason and edits.",
    inPlace,
  ],
  [
    "approvals:in-place:first-decision-stands",
    "Of several decisions on a held call the first stands, and every later one is told so.",
    inPlace,
  ],
  [
    "approvals:in-place:one-at-a-time",
    "A run asks about one call at a time, about each once, and every answer is found by its id.",
    inPlace,
  ],
  [
    "approvals:in-place:answer-arrives",
    "The answer to a held call reaches inbox and attempt whatever breaks in between.",
    inPlace,
  ],
  [
    "approvals:in-place:expires",
    "A held call that nobody decides in time is refused, and its run goes on.",
    inPlace,
  ],
  [
    "approvals:in-place:ends-with-its-attempt",
    "Nobody can approve a call of an attempt that was cancelled or has ended, and the inbox says so.",
    inPlace,
  ],
  [
    "approvals:in-place:by-every-road",
    "A held call is listed, shown and decided as every approval, and is nobody's in another workspace.",
    inPlace,
  ],
  [
    "approvals:whole-system:propose-approve-execute",
    "Propose, approve and execute work over the whole system.",
  ],
  [
    "approvals:link:shown-on-a-phone",
    "A review link shows files and pictures on a phone, in the look of the app, runs nothing of them, and decides once.",
    "issue L",
  ],
];

export const requirements: Requirement[] = promises.map(([id, promise, source = issue]) => ({
  id,
  promise,
  source,
}));
