import { useMemo } from "react";
import { LargePayload } from "@/entities/payload/LargePayload";
import { LARGE_CHARS_MIN } from "@/entities/payload/largeJson";
import { PrettyPayload } from "@/entities/payload/PrettyPayload";
import { readPayload } from "@/entities/payload/readPayload";
import { useFinding } from "@/entities/payload/useFinding";

type PayloadBodyProps = { text: string; label: string };

/** A recorded value that is only looked at. */
export function PayloadBody(props: PayloadBodyProps) {
  return props.text.length < LARGE_CHARS_MIN ? <BodyHere {...props} /> : <BodyBeside {...props} />;
}

function BodyHere({ text, label }: PayloadBodyProps) {
  const { value, form } = useMemo(() => readPayload(text), [text]);
  return <PrettyPayload form={form} value={value} text={text} label={label} />;
}

/** One that is read beside the page, so that the page goes on meanwhile. */
function BodyBeside({ text, label }: PayloadBodyProps) {
  const finding = useFinding();
  return <LargePayload title={label} text={text} field={undefined} mode="pretty" finding={finding} />;
}
