import { expect, test } from "vitest";
import { readMedia } from "@/entities/chat/readMedia";
import type { JsonObject } from "@/lib/json";

const PNG = "data:image/png;base64,AA";

test.each<[string, JsonObject, string]>([
  ["OpenAI picture", { type: "image_url", image_url: { url: PNG } }, `image ${PNG}`],
  ["OpenAI picture of Responses", { type: "input_image", image_url: PNG }, `image ${PNG}`],
  [
    "OpenAI sound",
    { type: "input_audio", input_audio: { data: "AA", format: "mp3" } },
    "audio data:audio/mp3;base64,AA",
  ],
  [
    "OpenAI paper",
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } },
    "file data:application/pdf;base64,AA a.pdf",
  ],
  [
    "Anthropic picture",
    { type: "image", source: { type: "base64", media_type: "image/webp", data: "AA" } },
    "image data:image/webp;base64,AA",
  ],
  [
    "Anthropic picture elsewhere",
    { type: "image", source: { type: "url", url: "https://a.b/c" } },
    "image https://a.b/c",
  ],
  [
    "Anthropic paper",
    { type: "document", title: "Bill", source: { type: "base64", media_type: "application/pdf", data: "AA" } },
    "file data:application/pdf;base64,AA Bill",
  ],
  ["Gemini picture", { inlineData: { mimeType: "image/png", data: "AA" } }, `image ${PNG}`],
  [
    "Gemini sound in Python's spelling",
    { inline_data: { mime_type: "audio/ogg", data: "AA" } },
    "audio data:audio/ogg;base64,AA",
  ],
  ["Gemini film elsewhere", { fileData: { mimeType: "video/mp4", fileUri: "gs://a/b" } }, "video gs://a/b"],
  ["LangChain picture", { type: "image", source_type: "base64", mime_type: "image/png", data: "AA" }, `image ${PNG}`],
  ["AI SDK file", { type: "file", mediaType: "video/mp4", data: "AA" }, "video data:video/mp4;base64,AA"],
  ["AI SDK picture", { type: "image", image: PNG }, `image ${PNG}`],
])("%s", (_name, part, said) => {
  const media = readMedia(part);
  expect([media?.medium, media?.source, media?.name].filter(Boolean).join(" ")).toBe(said);
});

test.each<[string, JsonObject]>([
  ["text", { type: "text", text: "hello" }],
  ["a picture without data", { type: "image" }],
  ["an unknown kind", { type: "hologram", data: "AA" }],
])("%s is none", (_name, part) => expect(readMedia(part)).toBeNull());
