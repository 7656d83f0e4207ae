import type { MailState } from "#contract/alerts/alert";
import { limits } from "#contract/limits";
import type { Mail } from "./build-mail.ts";

/** `error`: why the mail did not leave, in words that are safe to show. */
export type MailAnswer =
  { sent: true; status: number | null } | { sent: false; status: number | null; error: string };

/** The port to whoever sends mails. */
export interface Mailer {
  state: MailState;
  /** Repeatable under the mail's id where the provider knows idempotency keys. Throws when it cannot be reached. */
  send(mail: Mail): Promise<MailAnswer>;
}

interface HttpMailerOptions {
  /** Address that takes a mail as JSON. */
  url: string;
  token: string;
  /** The sender, e.g. `Floom <alerts@example.com>`. */
  from: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  timeoutMs: number;
}

/**
 * A provider with the common HTTP form: `POST {from, to, subject, text}` as JSON under a bearer token, with the mail's
 * id as `Idempotency-Key`. Resend takes it as it is (https://resend.com/docs/api-reference/emails/send-email).
 */
function createHttpMailer(options: HttpMailerOptions): Mailer {
  return {
    state: "ready",
    async send(mail) {
      const response = await options.fetch(options.url, {
        method: "POST",
        redirect: "manual",
        headers: {
          authorization: `Bearer ${options.token}`,
          "content-type": "application/json",
          "idempotency-key": mail.id,
        },
        body: JSON.stringify({ from: options.from, to: mail.to, subject: mail.subject, text: mail.text }),
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      await response.body?.cancel();
      if (response.ok) return { sent: true, status: response.status };
      return {
        sent: false,
        status: response.status,
        error: `The mail provider answered ${response.status}.`,
      };
    },
  };
}

/** Keeps mails on this machine, to be read at `GET /api/outbox`, for development. */
function createLocalMailer(keep: (mail: Mail) => Promise<void>): Mailer {
  return {
    state: "local_outbox",
    async send(mail) {
      await keep(mail);
      return { sent: true, status: null };
    },
  };
}

/** Where nobody was set to send mails: every mail stays where it is, and says why. */
const noMailer: Mailer = {
  state: "not_configured",
  async send() {
    return {
      sent: false,
      status: null,
      error: "No mail provider is configured: set FLOOM_MAIL_URL, FLOOM_MAIL_TOKEN and FLOOM_MAIL_FROM.",
    };
  },
};

/** Settings of mails; an empty text means not set. */
export interface MailSettings {
  environment: string;
  mailUrl: string;
  mailToken: string;
  mailFrom: string;
}

/** The mailer that the settings ask for. On a developer's machine mails are kept unless a provider is set. */
export function chooseMailer(
  { environment, mailUrl: url, mailToken: token, mailFrom: from }: MailSettings,
  { fetch, keep }: { fetch: HttpMailerOptions["fetch"]; keep: (mail: Mail) => Promise<void> },
): Mailer {
  if (url !== "" && token !== "" && from !== "") {
    return createHttpMailer({
      url,
      token,
      from,
      fetch,
      timeoutMs: limits.alert_timeout_seconds.value * 1000,
    });
  }
  return environment === "local" ? createLocalMailer(keep) : noMailer;
}
