import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { parseLogsSearch } from "@/entities/logs/logsSearch";

/** Leads from what was erased to the list that it stood in, as that was. */
export function useCloseErased(projectId: string): () => void {
  const { workspace = "default" } = useParams({ strict: false });
  const navigate = useNavigate();
  const { trace, thread, span, view, history, ...kept } = useSearch({ strict: false });
  return () =>
    navigate({
      to: "/$workspace/projects/$projectId/logs",
      params: { workspace, projectId },
      search: parseLogsSearch(kept),
    });
}
