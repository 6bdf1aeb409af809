import { useNavigate, useParams } from "@tanstack/react-router";
import type { LogsSearch } from "@/entities/logs/logsSearch";

/** Leads to a list of the logs of a project, as a search has it. */
export function useOpenList(projectId: string): (search: LogsSearch) => void {
  const { workspace = "default" } = useParams({ strict: false });
  const navigate = useNavigate();
  return (search) => navigate({ to: "/$workspace/projects/$projectId/logs", params: { workspace, projectId }, search });
}
