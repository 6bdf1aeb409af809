import { expect, test } from "vitest";
import { mediaPairs } from "@/features/prompts/mediaPairs";

const picture = (letters: string) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${letters}` } });
const sound = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
const chat = (...contents: object[][]) =>
  JSON.stringify(contents.map((content) => ({ role: "user", content: [{ type: "text", text: "Look." }, ...content] })));
const read = (older: string, newer: string) =>
  mediaPairs(older, newer).map((pair) => [pair.kind, pair.older?.place, pair.newer?.place]);

test("what took the place of something else stands beside it", () => {
  expect(read(chat([picture("AA"), picture("BB")]), chat([picture("CC"), picture("BB")]))).toEqual([
    ["CHANGED", "message 1, user", "message 1, user"],
    ["KEPT", "message 1, user", "message 1, user"],
  ]);
});

test("what is only in one of them stands alone, in the order of the messages", () => {
  expect(read(chat([picture("AA")], [sound]), chat([], [sound], [picture("BB")]))).toEqual([
    ["REMOVED", "message 1, user", undefined],
    ["KEPT", "message 2, user", "message 2, user"],
    ["ADDED", undefined, "message 3, user"],
  ]);
  expect(read(chat([picture("AA"), picture("BB")]), chat([picture("CC")]))).toEqual([
    ["CHANGED", "message 1, user", "message 1, user"],
    ["REMOVED", "message 1, user", undefined],
  ]);
});

test("texts have no media, whatever they are", () => {
  expect(read("Greet {{name}}.", "[]")).toEqual([]);
});
