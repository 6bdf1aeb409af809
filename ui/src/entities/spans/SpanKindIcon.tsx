import { Box, MessageSquareText, Route, ShieldCheck, Wrench } from "lucide-react";
import type { SpanType } from "@/gql/graphql";
import styles from "./SpanKindIcon.module.css";

export type NodeKind = SpanType | "TRACE";

const ICONS = { TRACE: Route, GENERAL: Box, TOOL: Wrench, LLM: MessageSquareText, GUARDRAIL: ShieldCheck };
const NAMES = { TRACE: "Trace", GENERAL: "Step", TOOL: "Tool", LLM: "LLM call", GUARDRAIL: "Guardrail" };

export function SpanKindIcon({ kind }: { kind: NodeKind }) {
  const Icon = ICONS[kind];
  return (
    <span className={styles.icon} data-kind={kind} title={NAMES[kind]} role="img" aria-label={NAMES[kind]}>
      <Icon aria-hidden />
    </span>
  );
}
