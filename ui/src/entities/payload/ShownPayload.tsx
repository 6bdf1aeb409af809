import { useMemo } from "react";
import { PayloadTree, PrettyPayload } from "@/entities/payload/PrettyPayload";
import { RawJson } from "@/entities/payload/RawJson";
import { readPayload } from "@/entities/payload/readPayload";
import type { Finding } from "@/entities/payload/useFinding";
import { useMarkedBox } from "@/entities/payload/useMarkedText";
import type { PayloadField } from "@/entities/payload/usePathItems";

export type PayloadMode = "pretty" | "tree" | "json";

export type ShownPayloadProps = {
  title: string;
  text: string;
  field: PayloadField | undefined;
  mode: PayloadMode;
  finding: Finding;
};

/** A body in the way that was chosen. */
export function ShownPayload({ title, text, field, mode, finding }: ShownPayloadProps) {
  const { value, form } = useMemo(() => readPayload(text), [text]);
  const isTree = form.kind !== "broken" && (mode === "tree" || (mode === "pretty" && form.kind === "tree"));
  // A tree knows also of what it does not show.
  const box = useMarkedBox(finding, !isTree);
  const { words, at, onFound } = finding;
  const find = isTree && words !== "" ? { words, at, onFound } : undefined;
  return (
    <div ref={box}>
      {mode === "json" ? (
        <RawJson text={text} label={title} />
      ) : isTree ? (
        <PayloadTree value={value} label={title} field={field} find={find} />
      ) : (
        <PrettyPayload form={form} value={value} text={text} label={title} field={field} />
      )}
    </div>
  );
}
