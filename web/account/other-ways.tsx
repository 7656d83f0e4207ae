import { useState } from "react";
import * as z from "zod";
import type { SignInWays } from "#contract/accounts/account";
import { askAuth, describeRefusal } from "./ask-auth.ts";
import type { AuthAnswer } from "./ask-auth.ts";
import { canUsePasskeys, signInByPasskey } from "./passkey.ts";

const NAMES = { github: "GitHub", google: "Google" } as const;
const leadSchema = z.object({ url: z.url() });

/** The ways in besides a password: a passkey, and accounts elsewhere that this server knows. */
export function OtherWays({ social, onSignedIn }: { social: SignInWays["social"]; onSignedIn: () => void }) {
  const [refusal, setRefusal] = useState("");
  async function follow(ask: () => Promise<AuthAnswer>, then: (body: unknown) => void): Promise<void> {
    setRefusal("");
    try {
      const answer = await ask();
      if (answer.ok) then(answer.body);
      else setRefusal(describeRefusal(answer));
    } catch {
      setRefusal("The server cannot be reached. Try again.");
    }
  }
  const goTo = (body: unknown): void => window.location.assign(leadSchema.parse(body).url);
  if (social.length === 0 && !canUsePasskeys()) return null;
  return (
    <section aria-label="Other ways to sign in">
      <div className="actions">
        {canUsePasskeys() && (
          <button type="button" onClick={() => void follow(signInByPasskey, onSignedIn)}>
            Use a passkey
          </button>
        )}
        {social.map((provider) => (
          <button
            key={provider}
            type="button"
            onClick={() =>
              void follow(() => askAuth("/sign-in/social", { provider, callbackURL: "/" }), goTo)
            }
          >
            Go on with {NAMES[provider]}
          </button>
        ))}
      </div>
      <p className="field-error" role="alert">
        {refusal}
      </p>
    </section>
  );
}
