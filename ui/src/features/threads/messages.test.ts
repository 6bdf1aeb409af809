import { expect, test } from "vitest";
import { answeredIn, askedIn } from "@/features/threads/messages";

const said = (role: string, content: string) => ({ role, content });
const plain = (messages: ReturnType<typeof askedIn>) =>
  messages.map(({ role, parts }) => `${role}: ${parts.map((part) => ("text" in part ? part.text : part.kind)).join()}`);

test("of an input that brings the conversation along, only what is new is shown", () => {
  const messages = [said("system", "Be brief."), said("user", "Hi"), said("assistant", "Hello"), said("user", "Bye")];
  expect(plain(askedIn(JSON.stringify({ messages })))).toEqual(["user: Bye"]);
  expect(plain(askedIn(JSON.stringify(messages.slice(0, 2))))).toEqual(["user: Hi"]);
});

test("several messages after the last answer belong to the turn", () => {
  const messages = [said("assistant", "Hello"), said("user", "One"), said("user", "Two")];
  expect(plain(askedIn(JSON.stringify(messages)))).toEqual(["user: One", "user: Two"]);
});

test("an input without anything new shows its last message", () => {
  expect(plain(askedIn(JSON.stringify([said("system", "Begin.")])))).toEqual(["system: Begin."]);
  expect(plain(askedIn(JSON.stringify([said("user", "Hi"), said("assistant", "Hello")])))).toEqual([
    "assistant: Hello",
  ]);
});

test("of an output that brings the conversation along, what follows the question is the answer", () => {
  const call = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "1", function: { name: "look", arguments: "{}" } }],
  };
  const result = { role: "tool", tool_call_id: "1", content: "found" };
  const messages = [said("user", "Where?"), call, result, said("assistant", "There.")];
  expect(plain(answeredIn(JSON.stringify({ messages })))).toEqual([
    "assistant: toolCall",
    "tool: toolResult",
    "assistant: There.",
  ]);
  expect(plain(answeredIn(JSON.stringify({ choices: [{ message: said("assistant", "There.") }] })))).toEqual([
    "assistant: There.",
  ]);
});

test("anything else is what one side said", () => {
  expect(plain(askedIn('{"question":"Where?"}'))).toEqual(["user: Where?"]);
  expect(plain(answeredIn('"There."'))).toEqual(["assistant: There."]);
  expect(plain(answeredIn("{broken"))).toEqual(["assistant: {broken"]);
  expect(plain(answeredIn('{"a":1,"b":2}'))).toEqual(["assistant: other"]);
});
