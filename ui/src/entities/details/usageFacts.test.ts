import { expect, test } from "vitest";
import { usageFacts } from "@/entities/details/usageFacts";

test("a count that is sent under two keys is shown once, an unknown one under its own name", () => {
  const usage = [
    { key: "prompt_tokens", value: 1200 },
    { key: "original_usage.prompt_tokens", value: 1200 },
    { key: "original_usage.cached.tokens", value: 7 },
  ];
  expect(usageFacts(usage)).toEqual([
    { label: "prompt tokens", value: "1,200" },
    { label: "cached tokens", value: "7" },
  ]);
});
