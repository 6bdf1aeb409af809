import { expect, test } from "vitest";
import { usedPrompts } from "@/entities/details/usedPrompts";

const told = (prompts: unknown) => JSON.stringify({ opik_prompts: prompts, plan: "pro" });

test("what a client says of the prompts it used is read, and nothing else", () => {
  const version = { id: "v", commit: "1a2b3c4d", version_number: "v2", template: "Hello" };
  expect(usedPrompts(told([{ id: "p", name: "greeting", version }]))).toEqual([
    { id: "p", name: "greeting", version: "v2", versionId: "v" },
  ]);
  expect(usedPrompts(told([{ id: "p", name: "greeting", version: { commit: "1a2b3c4d" } }]))).toEqual([
    { id: "p", name: "greeting", version: "1a2b3c4d", versionId: undefined },
  ]);
  expect(usedPrompts(told([{ name: "without an ID" }, 7, null]))).toEqual([]);
  expect(usedPrompts(told("none"))).toEqual([]);
  expect(usedPrompts('{"opik_prompts": broken')).toEqual([]);
  expect(usedPrompts(null)).toEqual([]);
});
