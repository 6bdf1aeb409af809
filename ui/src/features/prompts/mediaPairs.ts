import { diffArrays } from "diff";
import type { ChatMedia } from "@/entities/chat/recogniseChat";
import { messagesOf } from "@/features/prompts/messagesOf";

// What is seen and heard in two versions of a chat, side by side. Pure.

/** A picture, sound, film or file, and in which message it stands. */
export type PlacedMedia = { media: ChatMedia; place: string };

export type MediaPair = {
  kind: "KEPT" | "CHANGED" | "REMOVED" | "ADDED";
  older: PlacedMedia | null;
  newer: PlacedMedia | null;
};

/** What took the place of something else stands beside it. */
export function mediaPairs(older: string, newer: string): MediaPair[] {
  const [olderLeft, newerLeft] = [mediaOf(older), mediaOf(newer)];
  const pairs: MediaPair[] = [];
  const gone: PlacedMedia[] = [];
  const endRun = () => {
    pairs.push(...gone.splice(0).map((each): MediaPair => ({ kind: "REMOVED", older: each, newer: null })));
  };
  for (const { added, removed, count } of diffArrays(olderLeft.map(keyOf), newerLeft.map(keyOf))) {
    if (removed) {
      gone.push(...olderLeft.splice(0, count));
    } else if (added) {
      for (const each of newerLeft.splice(0, count)) {
        const before = gone.shift() ?? null;
        pairs.push({ kind: before ? "CHANGED" : "ADDED", older: before, newer: each });
      }
    } else {
      endRun();
      for (const each of newerLeft.splice(0, count)) {
        pairs.push({ kind: "KEPT", older: olderLeft.shift() ?? null, newer: each });
      }
    }
  }
  endRun();
  return pairs;
}

function mediaOf(template: string): PlacedMedia[] {
  return (messagesOf(template) ?? []).flatMap(({ role, parts }, at) =>
    parts.flatMap((part) =>
      part.kind === "media" ? [{ media: part.media, place: `message ${at + 1}, ${role}` }] : [],
    ),
  );
}

const keyOf = ({ media }: PlacedMedia) => JSON.stringify([media.medium, media.source, media.name]);
