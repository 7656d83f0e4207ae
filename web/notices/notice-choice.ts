/** Where a browser keeps whether it tells of approvals: that is the browser's own, as the permission is. */
const KEY = "floom.notices";

/** `unknown`: it may be asked for. `impossible`: this browser has no notifications, or has forbidden them. */
export type NoticeChoice = "on" | "off" | "unknown" | "impossible";

/** What this browser does about news. */
export function readNoticeChoice(): NoticeChoice {
  if (!("Notification" in window) || Notification.permission === "denied") return "impossible";
  if (Notification.permission === "default") return "unknown";
  return window.localStorage.getItem(KEY) === "off" ? "off" : "on";
}

/** Asks the person, by the browser's own question; what they answered. */
export async function askForNotices(): Promise<NoticeChoice> {
  window.localStorage.removeItem(KEY);
  await Notification.requestPermission();
  return readNoticeChoice();
}

/** Ends it in this browser; the permission stays, and is not asked for again. */
export function endNotices(): NoticeChoice {
  window.localStorage.setItem(KEY, "off");
  return readNoticeChoice();
}
