import { expect, test } from "vitest";
import { inOrder, textOfValue, titleOf, wordsOfField } from "@/features/history/changeWords";

const ID = "01a21870-f0fd-7a1b-9a04-c3b3f72ebead";

test("events are told in words, also those of kinds to come", () => {
  expect(["trace_patched", "feedback_scored", "dataset_item_put", "moon_landed"].map(titleOf)).toEqual([
    "Trace changed",
    "Score given",
    "Dataset item put",
    "Moon landed",
  ]);
});

test("what lies within a thing is told by what it is", () => {
  const fields = [
    "end_time",
    `comments.${ID}.text`,
    "versions.2.description",
    `items.${ID}.data`,
    "settings.layout.width",
    "feedback_scores.tone.of.voice.ann",
    `feedback_scores.tone.ann.${ID}`,
    "agent.environments.prod",
    "agent.description",
  ];
  expect(fields.map(wordsOfField)).toEqual([
    "end time",
    "comment",
    "version 2, description",
    "item …2ebead, data",
    "settings › layout › width",
    "score tone.of.voice by ann",
    "score tone by ann",
    "environment prod",
    "description",
  ]);
});

test("a score is its value or its word, and why", () => {
  expect(textOfValue("feedback_scores.good.ann", '{"value":"0.50","source":"ui","reason":"late"}')).toBe("0.5 (late)");
  expect(textOfValue("feedback_scores.good.ann", '{"value":"1","category_name":"yes"}')).toBe("yes");
});

test("breaks within texts of JSON are breaks, and every number keeps its digits", () => {
  const json = String.raw`{"text":"one\ntwo \\n three","at":12345678901234567890}`;
  expect(textOfValue("metadata", json)).toBe(
    String.raw`{
  "text": "one
two \\n three",
  "at": 12345678901234567890
}`,
  );
});

test("texts stand without quotes, and lists of texts in a line", () => {
  expect(textOfValue("name", '"agent"')).toBe("agent");
  expect(textOfValue("tags", '["a","b"]')).toBe("a, b");
});

test("what people look for first stands first", () => {
  const fields = ["end_time", "input", "versions.1.template", "name"].map((field) => ({ field }));
  expect(inOrder(fields).map(({ field }) => field)).toEqual(["name", "input", "versions.1.template", "end_time"]);
});
