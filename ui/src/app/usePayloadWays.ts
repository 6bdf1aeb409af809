import { useMatch, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { withTerm } from "@/entities/logs/filter/filterTerms";
import { type LogsSearch, logsTypeOf } from "@/entities/logs/logsSearch";
import { showColumn } from "@/entities/logs/useLogColumns";
import type { PayloadWays } from "@/entities/payload/usePathItems";
import { SPANS } from "@/features/spans/spanKind";
import { TRACES } from "@/features/traces/traceKind";
import { showToast } from "@/lib/toasts";

const LOGS = "/$workspace/projects/$projectId/logs";

/** From the values of a trace or a span to the logs. What is listed there already is filtered further. */
export function usePayloadWays(projectId: string | undefined, type: "traces" | "spans"): PayloadWays | null {
  const { workspace = "default" } = useParams({ strict: false });
  const navigate = useNavigate();
  const listed = useMatch({ from: LOGS, shouldThrow: false })?.search;
  return useMemo(() => {
    if (projectId === undefined) return null;
    const logsType = type === "traces" ? undefined : type;
    const kept: LogsSearch = listed && logsTypeOf(listed) === type ? listed : {};
    const go = ({ filter, sort, columns, ...next }: LogsSearch, replace = false) => {
      const search = Object.entries({ logsType, filter, sort, columns, ...next }).filter(([, value]) => value);
      navigate({ to: LOGS, params: { workspace, projectId }, search: Object.fromEntries(search), replace });
    };
    return {
      onFilter: (term) => go({ ...kept, ...CLOSED, q: "", filter: withTerm(kept.filter ?? "", term) }),
      onSearch: (words) => go({ ...kept, ...CLOSED, q: words }),
      onColumn: (path) => {
        const takeBack = type === "traces" ? showColumn(TRACES, path) : showColumn(SPANS, path);
        const inAddress = kept.columns?.split(",");
        const isThere = inAddress ? inAddress.includes(path) : takeBack === null;
        if (inAddress && !isThere) go({ ...listed, columns: [...inAddress, path].join(",") }, true);
        if (isThere) showToast(`${path} is a column of the ${type} already.`);
        else showToast(`${path} is now a column of the ${type}.`, inAddress ? undefined : (takeBack ?? undefined));
      },
    };
  }, [workspace, projectId, type, listed, navigate]);
}

const CLOSED: LogsSearch = { trace: "", span: "", thread: "", history: "", view: "" };
