import { useEffect, useState } from "react";
import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import { LargeTree } from "@/entities/payload/LargeTree";
import { type Exchange, type LargeJson, openLargeJson } from "@/entities/payload/largeJson";
import { PrettyPayload } from "@/entities/payload/PrettyPayload";
import { RawText } from "@/entities/payload/RawJson";
import type { Form } from "@/entities/payload/readPayload";
import type { ShownPayloadProps } from "@/entities/payload/ShownPayload";
import { useMarkedBox } from "@/entities/payload/useMarkedText";
import { unpackExact } from "@/lib/exactAcross";
import type { JsonValue } from "@/lib/json";

/** A body that is read beside the page, so that the page goes on meanwhile. */
export function LargePayload(props: ShownPayloadProps) {
  const json = useLargeJson(props.text);
  const form = useTold(json, "form");
  const { title, mode } = props;
  if (form.failure) return <ErrorState title={`The ${title.toLowerCase()} could not be read`} message={form.failure} />;
  if (json === null || form.told === null) return <Skeleton label={`Reading ${title.toLowerCase()}`} rows={4} />;
  if (form.told.kind === "broken") return <MarkedRaw {...props} />;
  if (mode === "json") return <LaidOut {...props} json={json} />;
  const isTree = mode === "tree" || form.told.kind === "tree";
  if (isTree) return <LargeTree {...props} json={json} />;
  return <MarkedPretty {...props} form={form.told} />;
}

function MarkedPretty({ form, ...props }: ShownPayloadProps & { form: Form }) {
  const box = useMarkedBox(props.finding);
  const whole = form.kind === "chat" ? (unpackExact(form as unknown as JsonValue) as unknown as Form) : form;
  return (
    <div ref={box}>
      <PrettyPayload form={whole} value={null} text={props.text} label={props.title} />
    </div>
  );
}

function MarkedRaw({ finding, title, text }: ShownPayloadProps) {
  const box = useMarkedBox(finding);
  return (
    <div ref={box}>
      <RawText text={text} label={title} />
    </div>
  );
}

function LaidOut({ json, ...props }: ShownPayloadProps & { json: LargeJson }) {
  const { told, failure } = useTold(json, "pretty");
  if (told === null && failure === null) return <Skeleton label={`Reading ${props.title.toLowerCase()}`} rows={4} />;
  return <MarkedRaw {...props} text={told ?? props.text} />;
}

function useLargeJson(text: string): LargeJson | null {
  const [json, setJson] = useState<LargeJson | null>(null);
  useEffect(() => {
    const opened = openLargeJson(text);
    setJson(opened);
    return () => {
      setJson(null);
      opened.end();
    };
  }, [text]);
  return json;
}

type Told<Kind extends keyof Exchange> = { told: Exchange[Kind]["told"] | null; failure: string | null };

function useTold<Kind extends "form" | "pretty">(json: LargeJson | null, kind: Kind): Told<Kind> {
  const [answer, setAnswer] = useState<Told<Kind> & { json: LargeJson | null }>({ json, told: null, failure: null });
  useEffect(() => {
    let isWanted = true;
    json?.ask(kind, null).then(
      (told) => isWanted && setAnswer({ json, told, failure: null }),
      (error: Error) => isWanted && setAnswer({ json, told: null, failure: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [json, kind]);
  return answer.json === json ? answer : { told: null, failure: null };
}
