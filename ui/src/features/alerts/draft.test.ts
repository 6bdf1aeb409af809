import { expect, test } from "vitest";
import { type AlertDraft, draftOf, EMPTY_DRAFT, inputOf, isSame, newTrigger, problemOf } from "@/features/alerts/draft";
import { sawOf, windowLabel } from "@/features/alerts/words";

const KNOWN = {
  name: "on call",
  isEnabled: true,
  destination: "PAGER_DUTY" as const,
  url: "https://example.com/hook",
  headers: [{ key: "X-Team", value: "shop" }],
  metadata: [
    { key: "routing_key", value: "R0" },
    { key: "tier", value: "1" },
  ],
  projectId: "p",
  triggers: [
    {
      eventType: "TRACE_SCORE" as const,
      projectIds: [],
      guardrails: [],
      groups: [{ thresholds: [{ scoreName: "quality", bound: 0.5, windowSeconds: 300, isBelow: true }] }],
    },
  ],
};

test("what was read and not touched is sent as it was", () => {
  const input = inputOf(draftOf(KNOWN), "p");
  expect(input).toEqual({
    ...KNOWN,
    metadata: [KNOWN.metadata[1], KNOWN.metadata[0]],
    secret: null,
  });
  expect(isSame(draftOf(KNOWN), draftOf(KNOWN))).toBe(true);
  expect(isSame(draftOf(KNOWN), { ...draftOf(KNOWN), name: "other" })).toBe(false);
});

test("an alert of one project names no others, and one of all may", () => {
  const trigger = { ...newTrigger("PROMPT_CREATED"), projectIds: ["a"] };
  const draft: AlertDraft = { ...EMPTY_DRAFT, triggers: [trigger] };
  expect(inputOf(draft, "p")).toMatchObject({ projectId: "p", triggers: [{ projectIds: [] }] });
  const everywhere = { ...draft, isEverywhere: true };
  expect(inputOf(everywhere, "p")).toMatchObject({ projectId: null, triggers: [{ projectIds: ["a"] }] });
});

test("a secret is left out, replaced or taken away", () => {
  expect(inputOf({ ...EMPTY_DRAFT, secret: "" }, "p").secret).toBeNull();
  expect(inputOf({ ...EMPTY_DRAFT, secret: "sesame" }, "p").secret).toBe("sesame");
  expect(inputOf({ ...EMPTY_DRAFT, isWithoutSecret: true }, "p").secret).toBe("");
});

test("what cannot be sent is told", () => {
  const named = { ...EMPTY_DRAFT, name: "a", url: "https://example.com" };
  expect(problemOf(EMPTY_DRAFT)).toBe("An alert needs a name.");
  expect(problemOf({ ...EMPTY_DRAFT, name: "a" })).toBe("Say where the message goes.");
  expect(problemOf({ ...named, triggers: [newTrigger("TRACE_COST")] })).toBe("A threshold is a number.");
  expect(problemOf({ ...named, triggers: [newTrigger("PROMPT_DELETED")] })).toBeNull();
});

test("what an alert saw is told on one line", () => {
  const metric = { metric_name: "trace:errors", metric_value: "3", threshold: "2", operator: ">", window_seconds: 300 };
  expect(sawOf(JSON.stringify([metric]))).toBe("trace:errors 3 > 2 over 5 minutes");
  expect(sawOf(JSON.stringify([{ prompt_name: "greeting", commit: "abcd1234" }]))).toBe("greeting abcd1234");
  const names = ["a", "b", "c", "d"].map((name) => ({ name }));
  expect(sawOf(JSON.stringify(names))).toBe("a, b, c, and 1 more");
  expect(sawOf(null)).toBe("It was erased.");
});

test("windows are told in the largest unit that fits", () => {
  expect([300, 3_600, 86_400, 90].map(windowLabel)).toEqual(["5 minutes", "1 hour", "1 day", "90 seconds"]);
});
