/** Words that begin the action of a tool which changes something. Source: floom.md section 1.7. */
const CHANGES = [
  "SEND",
  "CREATE",
  "UPDATE",
  "DELETE",
  "MODIFY",
  "PATCH",
  "POST",
  "REPLY",
  "FORWARD",
  "MOVE",
  "MARK",
  "ARCHIVE",
  "TRASH",
  "DRAFT",
];
/** Words that begin the action of one that only reads. */
const READS = ["GET", "LIST", "SEARCH", "FETCH", "READ", "QUERY", "RETRIEVE"];

/** Tools of much used apps that only read, whatever their names begin with. */
const presets: Record<string, readonly string[]> = {
  gmail: [
    "GMAIL_FETCH_EMAILS",
    "GMAIL_FETCH_MESSAGE_BY_MESSAGE_ID",
    "GMAIL_FETCH_MESSAGE_BY_THREAD_ID",
    "GMAIL_LIST_THREADS",
    "GMAIL_LIST_LABELS",
    "GMAIL_LIST_DRAFTS",
    "GMAIL_GET_PROFILE",
    "GMAIL_GET_ATTACHMENT",
    "GMAIL_GET_CONTACTS",
    "GMAIL_SEARCH_PEOPLE",
  ],
  slack: [
    "SLACK_LIST_ALL_CHANNELS",
    "SLACK_LIST_ALL_USERS",
    "SLACK_FETCH_CONVERSATION_HISTORY",
    "SLACK_FETCH_MESSAGE_THREAD_FROM_A_CONVERSATION",
    "SLACK_SEARCH_MESSAGES",
    "SLACK_FIND_CHANNELS",
    "SLACK_FIND_USERS",
  ],
  github: [
    "GITHUB_GET_A_REPOSITORY",
    "GITHUB_GET_AN_ISSUE",
    "GITHUB_GET_A_PULL_REQUEST",
    "GITHUB_LIST_COMMITS",
    "GITHUB_LIST_PULL_REQUESTS",
    "GITHUB_LIST_REPOSITORY_ISSUES",
    "GITHUB_SEARCH_ISSUES_AND_PULL_REQUESTS",
    "GITHUB_SEARCH_REPOSITORIES",
  ],
  googlecalendar: [
    "GOOGLECALENDAR_EVENTS_LIST",
    "GOOGLECALENDAR_FIND_EVENT",
    "GOOGLECALENDAR_FIND_FREE_SLOTS",
    "GOOGLECALENDAR_GET_CALENDAR",
    "GOOGLECALENDAR_LIST_CALENDARS",
    "GOOGLECALENDAR_GET_CURRENT_DATE_TIME",
  ],
};

const aliases: Record<string, string> = {
  google_calendar: "googlecalendar",
  googlecalender: "googlecalendar",
  calendar: "googlecalendar",
  gcal: "googlecalendar",
};

/** The one slug of an app, whichever of its names was written. Pure. */
export function appSlug(app: string): string {
  const slug = app.toLowerCase();
  return aliases[slug] ?? slug;
}

/** Whether a tool's name is one of the app's: `<APP>_...`. Pure. */
export function isOfApp(app: string, tool: string): boolean {
  return tool.toUpperCase().startsWith(`${appSlug(app).toUpperCase()}_`);
}

/** Whether a tool of an app is known to change nothing: by the app's preset, else by the word its action begins with. Pure. */
export function mayReadOnly(app: string, tool: string): boolean {
  const name = tool.toUpperCase();
  if (!isOfApp(app, name)) return false;
  if ((presets[appSlug(app)] ?? []).includes(name)) return true;
  const action = name.slice(appSlug(app).length + 1);
  const first = action.split("_")[0] ?? "";
  return !CHANGES.includes(first) && READS.includes(first);
}

/** What a worker that declares an app may call of it. */
export interface AppGrant {
  app: string;
  allowed_tools: readonly string[] | null;
  scope: "full" | "read_only";
}

/** Why a tool may not be called by a worker that declares these apps; null where it may. Codes: floom.md section 3.2. Pure. */
export function denyComposioTool(
  tool: string,
  declared: readonly AppGrant[],
): { code: string; message: string } | null {
  const name = tool.toUpperCase();
  const grant = declared.find(({ app }) => isOfApp(app, name));
  if (grant === undefined)
    return {
      code: "tool_outside_declared_connections",
      message: `${name} is of no app that this worker declares under connections.`,
    };
  if (grant.allowed_tools !== null && !grant.allowed_tools.includes(name))
    return {
      code: "tool_outside_declared_connections",
      message: `${name} is not among the allowed_tools of ${grant.app}.`,
    };
  if (grant.scope === "full" || mayReadOnly(grant.app, name)) return null;
  return {
    code: "tool_blocked_by_read_only_policy",
    message: `${grant.app} is declared read_only, and ${name} is not known to change nothing. Write scope: full where it is meant to.`,
  };
}
