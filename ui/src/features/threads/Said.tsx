import { useEffect, useMemo, useState } from "react";
import { Skeleton } from "@/components/Skeleton";
import { ChatMessages } from "@/entities/chat/ChatMessages";
import type { ChatMessage } from "@/entities/chat/recogniseChat";
import { LARGE_CHARS_MIN } from "@/entities/payload/largeJson";
import { answeredIn, askedIn } from "@/features/threads/messages";
import { readBeside, type Side } from "@/features/threads/saidText";

type SaidProps = { side: Side; text: string };

const LABELS: Record<Side, string> = { asked: "Question", answered: "Answer" };

/** What a turn adds to the conversation, of one of its bodies. */
export function Said(props: SaidProps) {
  return props.text.length < LARGE_CHARS_MIN ? <SaidHere {...props} /> : <SaidBeside {...props} />;
}

function SaidHere({ side, text }: SaidProps) {
  const messages = useMemo(() => (side === "asked" ? askedIn(text) : answeredIn(text)), [side, text]);
  return <ChatMessages messages={messages} label={LABELS[side]} />;
}

type Read = { text: string; messages: ChatMessage[] } | { text: string; failure: string };

/** One that is read beside the page, so that the page goes on meanwhile. */
function SaidBeside({ side, text }: SaidProps) {
  const [read, setRead] = useState<Read | null>(null);
  useEffect(() => {
    let isWanted = true;
    readBeside(side, text).then(
      (messages) => isWanted && setRead({ text, messages }),
      (error: Error) => isWanted && setRead({ text, failure: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [side, text]);
  const label = LABELS[side];
  if (read?.text !== text) return <Skeleton label={`Reading ${label.toLowerCase()}`} rows={3} />;
  if ("failure" in read) return <p role="alert">This could not be read: {read.failure}</p>;
  return <ChatMessages messages={read.messages} label={label} />;
}
