import { answeredIn, askedIn } from "@/features/threads/messages";
import type { FromReader, ToReader } from "@/features/threads/saidText";
import { packExact } from "@/lib/exactAcross";
import type { JsonValue } from "@/lib/json";

self.onmessage = ({ data }: MessageEvent<ToReader>) => self.postMessage(answerTo(data));

function answerTo({ number, side, text }: ToReader): FromReader {
  try {
    const messages = side === "asked" ? askedIn(text) : answeredIn(text);
    return { number, messages: packExact(messages as unknown as JsonValue) };
  } catch (error) {
    return { number, failure: error instanceof Error ? error.message : String(error) };
  }
}
