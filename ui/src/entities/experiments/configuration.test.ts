import { expect, test } from "vitest";
import { configurationOf, valueAt } from "@/entities/experiments/configuration";

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

test("a value is found at its path, whatever its keys hold", () => {
  const metadata = '{"model":{"name":"small","id":12345678901234567890},"a":{"b":1},"a.b":{"c":[{"d":"deep"}]}}';
  expect(valueAt(metadata, "model.name")).toBe("small");
  expect(valueAt(metadata, "model.id")).toBe("12345678901234567890");
  expect(valueAt(metadata, "a.b.c[0].d")).toBe("deep");
  expect(valueAt(metadata, "a.b.c[0]")).toBe('{\n  "d": "deep"\n}');
  expect([valueAt(metadata, "model.seed"), valueAt(metadata, "model.name.x"), valueAt(null, "model")]).toEqual([
    null,
    null,
    null,
  ]);
});
