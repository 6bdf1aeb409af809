import { expect, test } from "vitest";
import { inOrder, numbered, parametersOf, promptsOf, settingsOf } from "@/features/optimizations/trials";

const trial = (experimentId: string, objectiveScore: number | null, kind = "TRIAL") => ({
  experimentId,
  kind,
  createdAt: "2026-03-04T05:06:07Z",
  traceCount: 1,
  objectiveScore,
});

test("the best so far only rises, and mini-batches do not lift it", () => {
  const trials = numbered([
    trial("a", null),
    trial("b", 0.3),
    trial("c", 1, "MINI_BATCH"),
    trial("d", 0.2),
    trial("e", 0.5),
  ]);
  expect(trials.map(({ number, bestScore }) => [number, bestScore])).toEqual([
    [1, null],
    [2, 0.3],
    [3, 0.3],
    [4, 0.3],
    [5, 0.5],
  ]);
  const ids = (direction: "ASC" | "DESC") =>
    inOrder(trials, "score", direction)
      .map(({ experimentId }) => experimentId)
      .join("");
  expect([ids("DESC"), ids("ASC")]).toEqual(["cebda", "dbeca"]);
});

test("prompts are found where clients put them, and read as who says what", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "{question}" },
  ];
  const text = "system:\nBe brief.\n\nuser:\n{question}";
  expect(promptsOf(JSON.stringify({ configuration: { prompt: { chat: messages } } }))).toEqual([
    { name: "chat", text },
  ]);
  expect(promptsOf(JSON.stringify({ configuration: { prompt: messages } }))).toEqual([{ name: "prompt", text }]);
  expect(promptsOf(JSON.stringify({ prompt: "Be brief." }))).toEqual([{ name: "prompt", text: "Be brief." }]);
  expect(promptsOf(JSON.stringify({ agent_config: { system: "Be brief.", user: "{question}" } }))).toEqual([
    { name: "prompt", text },
  ]);
  expect([promptsOf(null), promptsOf("[1]"), promptsOf("no json")]).toEqual([[], [], []]);
});

test("of parameters those are told in which trials differ", () => {
  const metadata = (temperature: number, word: string) =>
    JSON.stringify({
      model: "small",
      optimizer: { model_parameters: { temperature } },
      configuration: { prompt: word },
    });
  expect(parametersOf([metadata(0.1, "a"), metadata(0.7, "b"), null])).toEqual([
    [{ key: "temperature", value: "0.1" }],
    [{ key: "temperature", value: "0.7" }],
    [],
  ]);
  expect(settingsOf('{"optimizer":"Meta","model":"small"}').map(({ value }) => value)).toEqual(["Meta", "small"]);
});
