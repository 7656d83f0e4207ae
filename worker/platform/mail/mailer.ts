import type { MailState } from "#contract/alerts/alert";
import { limits } from "#contract/limits";

/** `error`: why the mail did not leave, in words that are safe to show. */
export type MailAnswer =
  { sent: true; status: number | null } | { sent: false; status: number | null; error: string };

/** A mail as a provider takes it: plain text, so that nothing in it can be markup. */
export interface OutgoingMail {
  /** The same mail sent twice has the same one. */
  id: string;
  to: string[];
  subject: string;
  text: string;
}

/** The port to whoever sends mails. */
export interface Mailer<Mail extends OutgoingMail> {
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
function createHttpMailer(options: HttpMailerOptions): Mailer<OutgoingMail> {
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
function createLocalMailer<Mail extends OutgoingMail>(keep: (mail: Mail) => Promise<void>): Mailer<Mail> {
  return {
    state: "local_outbox",
    async send(mail) {
      await keep(mail);
      return { sent: true, status: null };
    },
  };
}

/** Where nobody was set to send mails: every mail stays where it is, and says why. */
const noMailer: Mailer<OutgoingMail> = {
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
export function chooseMailer<Mail extends OutgoingMail>(
  { environment, mailUrl: url, mailToken: token, mailFrom: from }: MailSettings,
  { fetch, keep }: { fetch: HttpMailerOptions["fetch"]; keep: (mail: Mail) => Promise<void> },
): Mailer<Mail> {
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
