import { expect, test } from "vitest";
import { configurationOf } from "@/entities/experiments/configuration";

test("keys stand by their path, and those that differ are told", () => {
  const one = {
    model: { name: "small", temperature: 0.5 },
    messages: [{ role: "system", content: "Be brief." }],
    tags: ["a", 1],
  };
  const two = { ...one, model: { name: "large", temperature: 0.5 }, seed: 7 };
  expect(configurationOf([JSON.stringify(one), JSON.stringify(two)])).toEqual([
    { key: "model.name", values: ["small", "large"], isDifferent: true },
    { key: "model.temperature", values: ["0.5", "0.5"], isDifferent: false },
    { key: "messages[0].role", values: ["system", "system"], isDifferent: false },
    { key: "messages[0].content", values: ["Be brief.", "Be brief."], isDifferent: false },
    {
      key: "tags",
      values: Array(2).fill('[\n  "a",\n  1\n]'),
      isDifferent: false,
    },
    { key: "seed", values: [null, "7"], isDifferent: true },
  ]);
});

test("without metadata there are no keys, and large numbers keep their digits", () => {
  expect(configurationOf([null, null])).toEqual([]);
  expect(configurationOf(['{"id":12345678901234567890}'])[0]?.values).toEqual(["12345678901234567890"]);
});
