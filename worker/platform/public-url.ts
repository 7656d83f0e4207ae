import { AppError } from "./app-error.ts";

/** Long enough that a sender that tries again does not do so all the time: a person has to set something first. */
const RETRY_AFTER_SECONDS = 60;

/**
 * The origin at which this edge is reached, as its settings say it. Throws `public_url_unset` where they say none: what
 * a run is told, whom it reports to and where its links lead is never taken from whoever happens to ask.
 */
export function requirePublicUrl(publicUrl: string): string {
  if (publicUrl !== "") return publicUrl;
  throw new AppError(
    "public_url_unset",
    "This server was not told its own address, so no run can be started. Set FLOOM_PUBLIC_URL to it, e.g. https://floom.example.com.",
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
