import { expect, test } from "vitest";
import { resumeAfter } from "@/lib/resumingPayload";

test("the next attempt goes on from the last position", () => {
  const payload = { query: "subscription", variables: { projectId: "p", after: "7" } };
  resumeAfter(payload, { traceChanges: { position: "8" } });
  resumeAfter(payload, { traceChanges: { position: "12" } });
  expect(payload.variables).toEqual({ projectId: "p", after: "12" });
});

test("an answer without a position leaves the place as it was", () => {
  const payload = { query: "subscription", variables: { after: "7" } };
  for (const data of [null, undefined, {}, { traceChanges: null }, { traceChanges: {} }]) resumeAfter(payload, data);
  expect(payload.variables.after).toBe("7");
});
