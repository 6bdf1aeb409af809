import { expect, test } from "vitest";
import type { Attachment } from "@/entities/attachments/attachment";
import { mediaSource } from "@/entities/attachments/mediaSource";

const ORIGIN = "https://cairn.example";
const OWN: Attachment = {
  name: "input-attachment-1-5.png",
  mimeType: "image/png",
  size: 1,
  url: "/api/v1/private/attachment/download?file_name=input-attachment-1-5.png",
  place: "INPUT",
};
const read = (source: string) => mediaSource(source, [OWN], ORIGIN);

test("what came with the text, and what was taken out of it, is here", () => {
  expect(read("data:image/png;base64,AA")).toMatchObject({ kind: "here", src: "data:image/png;base64,AA" });
  for (const source of [`[${OWN.name}]`, `data:image/png;base64,[${OWN.name}]`, OWN.url, `${ORIGIN}${OWN.url}`]) {
    expect(read(source)).toEqual({ kind: "here", src: OWN.url, name: OWN.name });
  }
});

test("what is elsewhere is linked and never loaded", () => {
  expect(read("https://example.com/a.png")).toEqual({ kind: "elsewhere", href: "https://example.com/a.png" });
  for (const source of ["gs://bucket/a.png", "[gone.png]", "javascript:alert(1)", "https://", "{{photo}}"]) {
    expect(read(source)).toEqual({ kind: "elsewhere", href: null });
  }
});
