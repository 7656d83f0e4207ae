import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { makeWebhookSecret, signStandardWebhook } from "./standard-webhooks.ts";

// The vector of the reference libraries (standard-webhooks, libraries/javascript/src/index.test.ts).
const vector = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  message: { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330, body: '{"test": 2432232314}' },
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

it("signs as the reference libraries do", async () => {
  verifies("alerts:delivery:standard-webhooks");
  expect(await signStandardWebhook([vector.secret], vector.message)).toBe(vector.signature);
});

it("signs with each secret while one is being replaced by another", async () => {
  const fresh = makeWebhookSecret();
  expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const [first, second] = (await signStandardWebhook([fresh, vector.secret], vector.message)).split(" ");
  expect(second).toBe(vector.signature);
  expect(first).toBe(await signStandardWebhook([fresh], vector.message));
});
