/** What a load is made of. */
export interface LoadOptions {
  /** Requests a second, over all workers. */
  rate: number;
  seconds: number;
  /** How many workers they are spread over. */
  workers: number;
  /** How long is waited, in seconds, for what was accepted to finish once the last request was sent. */
  drainSeconds: number;
  /** The system to drive; null for one of its own. */
  target: { url: string; token: string } | null;
}

export const helpText = `Drives starts, webhooks and schedules against Floom and says what became of them.

Usage: npm run load -- [options]

  --rate <n>       requests a second, over all workers (10)
  --seconds <n>    how long (10)
  --workers <n>    workers that they are spread over, in turn (1)
  --drain <n>      seconds to wait for the end of what was accepted (120)
  --url <origin>   a system that runs, with --token; by default one of its own is started
  --token <token>  a token of that system's workspace; workers named load-1, load-2 ... are pushed there
  --json           one JSON document instead of text
  --help           this text

Of ten requests five start a run, four deliver a signed webhook, and one has a schedule start its run now.
The last line is "N accepted, N finished, N lost". Exit code 0 when nothing was lost, 1 otherwise, 2 for a wrong call.

Examples:
  npm run load -- --rate 20 --seconds 30
  npm run load -- --rate 100 --seconds 10 --workers 100 --json
  npm run load -- --rate 5 --seconds 60 --url https://floom.example.com --token "$FLOOM_TOKEN"`;

/** Reads the options of a call; a text where they cannot be meant. Pure. */
export function readLoadOptions(given: {
  rate: string;
  seconds: string;
  workers: string;
  drain: string;
  url?: string | undefined;
  token?: string | undefined;
}): LoadOptions | string {
  const [rate, seconds, workers, drainSeconds] = [given.rate, given.seconds, given.workers, given.drain].map(
    Number,
  );
  const isCount = (value: number | undefined): value is number =>
    value !== undefined && Number.isInteger(value) && value >= 1;
  if (rate === undefined || !Number.isFinite(rate) || rate <= 0) return "--rate must be a number above 0.";
  if (!isCount(seconds)) return "--seconds must be a whole number, at least 1.";
  if (!isCount(workers)) return "--workers must be a whole number, at least 1.";
  if (!isCount(drainSeconds)) return "--drain must be a whole number, at least 1.";
  const { url, token } = given;
  if ((url === undefined) !== (token === undefined)) return "--url and --token go together.";
  const target = url === undefined || token === undefined ? null : { url, token };
  return { rate, seconds, workers, drainSeconds, target };
}
