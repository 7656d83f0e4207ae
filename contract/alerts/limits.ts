import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of alerts. */
export const alertLimits = {
  worker_alerts: { value: 20, unit: "items", what: "alerts of one worker" },
  alert_email_items: { value: 10, unit: "items", what: "mail addresses of one alert" },
  alert_deliveries: { value: 1000, unit: "items", what: "finished alert messages kept for one worker" },
  alert_kept_seconds: {
    value: 2_592_000,
    unit: "seconds",
    what: "how long a finished alert message is kept",
  },
  alert_timeout_seconds: { value: 15, unit: "seconds", what: "waiting for the answer to an alert's post" },
  alert_response_bytes: { value: KIB, unit: "bytes", what: "what is kept of the answer to an alert's post" },
} as const satisfies Record<string, Limit>;
